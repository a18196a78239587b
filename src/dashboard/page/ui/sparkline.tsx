const WIDTH = 96;
const HEIGHT = 24;

/** The course of a figure at a glance; the numbers are elsewhere. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(...values, 1);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${heightOf(value, most)}`);
  return (
    <svg
      class="sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <polygon points={`0,${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`} />
      <polyline points={points.join(" ")} />
    </svg>
  );
}

function heightOf(value: number, most: number): string {
  return (HEIGHT - 1 - (value / most) * (HEIGHT - 3)).toFixed(1);
}
