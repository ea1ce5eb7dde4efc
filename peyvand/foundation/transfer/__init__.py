"""Data in and out of files; knows no business word.

Here: reading any CSV (`reading`), guessing what its columns are (`guessing`), parsing values (`parsing`), the import
as a long, resumable, undoable work (`services`, `running`), the file of rows that were not taken, and exports.
Not here: what a row means. A room declares an ImportShape (registry) whose writer is a `shapes.BatchWriter`, and an
ExportShape for each list that can leave.
Events in: none. Events out: events.transfer.TransferFinished, TransferUndone.
To add a kind of file: an ImportShape in the room's registrations, a writer that extends `shapes.Writer`, and a
`shapes.Reason` for each reason of its own why a row is left out.
"""
