import photo from "@/assets/start.webp";

/** The photo's size, in which crops are told. */
const PHOTO = { width: 480, height: 320 } as const;

interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What of the photo is seen: left, top and width of a crop. */
  readonly crop: readonly [number, number, number];
  readonly cells: readonly number[];
}

/** A picture, a shot that goes closer, and two that go on from it: one finished, one being made. */
const FRAMES: readonly Frame[] = [
  { x: 4, y: 58, width: 150, height: 84, crop: [0, 30, 480], cells: [] },
  { x: 216, y: 42, width: 168, height: 116, crop: [96, 60, 330], cells: [1, 1, 1, 1, 1, 1] },
  { x: 448, y: 4, width: 128, height: 92, crop: [20, 20, 250], cells: [1, 1, 1, 0.6, 0.25, 0] },
  { x: 448, y: 106, width: 128, height: 92, crop: [190, 90, 230], cells: [1, 1, 1, 1, 1] },
];
const BAR = 20;

function Shot({ frame, number }: { readonly frame: Frame; readonly number: number }) {
  const { x, y, width, height, crop: [left, top, wide], cells } = frame;
  const pictureHeight = height - (cells.length > 0 ? BAR : 0);
  const scale = width / wide;
  const cell = (width - 12) / Math.max(1, cells.length);
  const clip = `tree-picture-${String(number)}`;
  const live = cells.some((share) => share < 1);
  return (
    <g>
      <clipPath id={clip}><rect x={x} y={y} width={width} height={cells.length > 0 ? pictureHeight + 8 : height} rx="8" /></clipPath>
      <rect x={x} y={y} width={width} height={height} rx="8" fill="var(--surface-2)" />
      <image href={photo} clipPath={`url(#${clip})`} x={x - left * scale} y={y - top * scale} width={PHOTO.width * scale} height={PHOTO.height * scale} />
      {cells.length > 0 ? <rect x={x} y={y + pictureHeight} width={width} height={8} fill="var(--surface-2)" /> : null}
      <rect x={x} y={y} width={width} height={height} rx="8" fill="none" stroke="var(--hairline)" />
      {cells.map((share, index) => {
        const at = x + 6 + index * cell;
        const whole = cell - 2;
        return (
          <g key={at}>
            <rect x={at + 0.5} y={y + height - 13.5} width={whole - 1} height="7" rx="2" fill="none" stroke={share > 0 && share < 1 ? "var(--generating)" : "var(--outline)"} />
            <rect x={at} y={y + height - 14} width={whole * share} height="8" rx="2" fill={share < 1 ? "var(--generating)" : live ? "var(--live)" : "var(--cell-ready)"} opacity={share < 1 ? 0.5 : live ? 0.8 : 1} />
          </g>
        );
      })}
    </g>
  );
}

/** What a project looks like. Only for the eye. */
export function TreePicture() {
  return (
    <svg className="picture" viewBox="0 0 580 202" width="100%" aria-hidden>
      <path d="M154 100H216M384 100C420 100 412 50 448 50" fill="none" stroke="var(--line-1)" strokeWidth="2" />
      <path d="M384 100C420 100 412 152 448 152" fill="none" stroke="var(--line-2)" strokeWidth="2" />
      {FRAMES.map((frame, number) => <Shot key={frame.x + frame.y} frame={frame} number={number} />)}
    </svg>
  );
}
