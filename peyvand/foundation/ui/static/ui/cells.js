// Cells of a CSV that a spreadsheet must read as text: foundation/text/formulas.py, sign by sign; both are tested over the
// same cells (foundation/text/tests/cells.json).
(() => {
  const STARTS = new Set('=+-@|%\u2212'), CONTROLS = new Set('\t\r\n\0');
  const UNSEEN = /^[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Mn}]$/u;
  const NUMBER = /^-?\d+(?:\.\d+)?$/;
  const dangerous = cell => {
    for (const sign of cell.replace(/^'+/, '')) {
      if (CONTROLS.has(sign)) return true;
      if (UNSEEN.test(sign)) continue;
      return STARTS.has([...sign.normalize('NFKC')][0]);
    }
    return false;
  };
  const neutralise = cell => dangerous(cell) ? `'${cell}` : cell;
  // Every cell is quoted, so that a ; or a line break inside can't begin another.
  const line = cells => cells.map(cell => `"${(NUMBER.test(cell) ? cell : neutralise(cell)).replaceAll('"', '""')}"`).join(',');
  const made = { neutralise, line };
  if (typeof module === 'undefined') window.peyvandCells = made; else module.exports = made;
})();
