const MOST = 8;
const COLUMNS = 4;

/** As many frames as a template has shots, on a line. Only for the eye. */
export function TemplatePicture({ shots }: { readonly shots: number }) {
  const shown = Math.min(MOST, Math.max(1, shots));
  const columns = Math.min(COLUMNS, shown);
  const rows = Math.ceil(shown / COLUMNS);
  const [width, height] = [72 / columns - 6, rows > 1 ? 14 : Math.min(28, (72 / columns - 6) * 0.62)];
  const top = (44 - rows * height - (rows - 1) * 6) / 2;
  return (
    <svg viewBox="0 0 72 44" width="72" height="44" aria-hidden>
      {Array.from({ length: rows }, (_unused, row) => <path key={row} d={`M3 ${String(top + row * (height + 6) + height / 2)}H69`} stroke="var(--line-1)" strokeWidth="1.5" />)}
      {Array.from({ length: shown }, (_unused, index) => (
        <rect key={index} x={3 + (index % COLUMNS) * (width + 6)} y={top + Math.floor(index / COLUMNS) * (height + 6)} width={width} height={height} rx="2.5" fill="var(--surface-3)" stroke="var(--outline)" />
      ))}
    </svg>
  );
}
