/** Lines of a table for people: a head, and columns as wide as their longest text. Nothing where there is no row. */
export function linesOfTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map(cells => cells[column]!.length)));
  return lines.map(cells =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
