// Draws a curve as an SVG picture, in the colours of the page's theme, with its numbers in words for who cannot see it.

export interface ChartOptions {
  /** Equal factors get equal room from left to right. */
  readonly logarithmic?: boolean;
}

type Point = readonly [number, number];

const [WIDTH, HEIGHT] = [560, 260];
const EDGE = { left: 56, right: 20, top: 40, bottom: 34 };

const inText = (text: string) => text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
/** At most three digits that matter; whole numbers as they are. */
const short = (value: number) =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));

/** A round number at or above `value`: 1, 2 or 5 and zeros. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find(factor => factor * power >= value * 0.9999) ?? 10);
}

export function chartOf(
  title: string,
  points: readonly Point[],
  { logarithmic = false }: ChartOptions,
): { svg: string; caption: string } {
  if (points.length < 2 || points.some(([x, y]) => !Number.isFinite(x) || !Number.isFinite(y)))
    throw new TypeError('chart() takes at least two points, each a pair of numbers');
  const scale = (x: number) => (logarithmic ? Math.log(x) : x);
  const xs = points.map(([x]) => scale(x));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const most = roundUp(Math.max(...points.map(([, y]) => y), Number.MIN_VALUE));
  const across = WIDTH - EDGE.left - EDGE.right;
  const down = HEIGHT - EDGE.top - EDGE.bottom;
  const place = ([x, y]: Point) =>
    [
      EDGE.left + (across * (scale(x) - left)) / (right - left || 1),
      EDGE.top + down * (1 - y / most),
    ] as const;
  const rows = [0, 0.5, 1].map(share => {
    const y = EDGE.top + down * (1 - share);
    return `<path class="grid" d="M${EDGE.left} ${y}H${WIDTH - EDGE.right}"/><text x="${EDGE.left - 8}" y="${y + 4}" text-anchor="end">${short(most * share)}</text>`;
  });
  const marks = points.map(point => {
    const [x, y] = place(point);
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4"/><text x="${x.toFixed(1)}" y="${HEIGHT - 12}" text-anchor="middle">${short(point[0])}</text>`;
  });
  const line = points
    .map(point =>
      place(point)
        .map(n => n.toFixed(1))
        .join(' '),
    )
    .join('L');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<style>:root{color-scheme:light dark}text{font:13px system-ui,sans-serif;fill:light-dark(#5b5f68,#a2a8b4)}.title{font-weight:600;font-size:14px;fill:light-dark(#1d2026,#e6e8ec)}.grid{stroke:light-dark(#e3e1db,#2d323b)}.line{fill:none;stroke:light-dark(#3566d6,#7ba6ff);stroke-width:2.5;stroke-linejoin:round}circle{fill:light-dark(#3566d6,#7ba6ff)}</style>
<text class="title" x="12" y="20">${inText(title)}</text>${rows.join('')}<path class="line" d="M${line}"/>${marks.join('')}</svg>`;
  const numbers = points.map(([x, y]) => `${short(x)}: ${short(y)}`).join(', ');
  return { svg, caption: `${title}. ${numbers}` };
}
