const MOST = 8;
const COLUMNS = 4;

/** As many frames as a template has shots, on a line. Only for the eye. */
export function TemplatePicture({ shots }: { readonly shots: number }) {
  const shown = Math.min(MOST, Math.max(1, shots));
  const columns = Math.min(COLUMNS, shown);
  const rows = Math.ceil(shown / COLUMNS);
  const width = Math.min(30, 72 / columns - 6);
  const height = width * 0.62;
  const left = (72 - columns * width - (columns - 1) * 6) / 2;
  const top = (44 - rows * height - (rows - 1) * 6) / 2;
  return (
    <svg viewBox="0 0 72 44" width="72" height="44" aria-hidden>
      {Array.from({ length: rows }, (_unused, row) => <path key={row} d={`M${String(left)} ${String(top + row * (height + 6) + height / 2)}h${String(columns * (width + 6) - 6)}`} stroke="var(--line-1)" strokeWidth="1.5" />)}
      {Array.from({ length: shown }, (_unused, index) => (
        <rect key={index} x={left + (index % COLUMNS) * (width + 6)} y={top + Math.floor(index / COLUMNS) * (height + 6)} width={width} height={height} rx="2.5" fill="var(--surface-3)" stroke="var(--outline)" />
      ))}
    </svg>
  );
}
