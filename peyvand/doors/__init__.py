"""Who comes in: staff (workspace), programs (api), the command line (console). The doors compose and know no rule."""
