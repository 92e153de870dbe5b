/** What a project looks like: a picture, a shot, and two that go on from it. */
export function TreePicture() {
  const frame = (x: number, y: number, width: number, height: number, cells: number) => (
    <g>
      <rect x={x} y={y} width={width} height={height} rx="6" fill="var(--surface-3)" stroke="var(--hairline)" />
      {Array.from({ length: cells }, (_, index) => (
        <rect key={index} x={x + 6 + index * ((width - 12) / cells)} y={y + height - 12} width={(width - 12) / cells - 2} height="6" rx="1.5" fill="var(--cell-ready)" />
      ))}
    </g>
  );
  return (
    <svg className="picture" viewBox="0 0 560 200" width="100%" aria-hidden>
      <path d="M150 100H236M400 100C440 100 436 54 470 54M400 100C440 100 436 148 470 148" fill="none" stroke="var(--line-1)" strokeWidth="2" />
      {frame(10, 62, 140, 80, 0)}
      {frame(236, 52, 164, 100, 6)}
      {frame(470, 10, 84, 84, 4)}
      {frame(470, 108, 84, 84, 4)}
      <path d="M34 118l26-30 18 20 12-12 34 26" fill="none" stroke="var(--text-3)" strokeWidth="2" />
      <path d="M312 84l26 16-26 16z" fill="var(--text-3)" />
    </svg>
  );
}
