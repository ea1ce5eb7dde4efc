"""Text messages: sending and hearing them through the gateways of Iran and abroad."""
