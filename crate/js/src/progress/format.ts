// The line that tqdm prints: what `tqdm.format_meter` gives, character for character.

/** How a line looks. The names are tqdm's, in camelCase. */
export interface MeterOptions {
  /** What stands before it all; `: ` is added. */
  readonly prefix?: string | undefined;
  /** The width of the whole line in characters; 0 leaves the bar out. Without it the bar is 10 wide. */
  readonly ncols?: number | undefined;
  /** Draws the bar with ` 123456789#`, or with these characters, from empty to full. */
  readonly ascii?: boolean | string | undefined;
  /** What is counted; `it` if not given. */
  readonly unit?: string | undefined;
  /** Prints numbers as 1.23k, 4.56M; another number than 1 scales them. */
  readonly unitScale?: boolean | number | undefined;
  /** Between k and M and so on, with `unitScale`; 1000 if not given. */
  readonly unitDivisor?: number | undefined;
  /** Units in a second; the average from the beginning if not given. */
  readonly rate?: number | undefined;
  /** Stands at the end, after the rate. */
  readonly postfix?: string | undefined;
  /** Where the count began. */
  readonly initial?: number | undefined;
  /**
   * The line with names in braces: `{l_bar}{bar}{r_bar}` if not given. The names are tqdm's: `l_bar`, `bar`, `r_bar`, `n`,
   * `n_fmt`, `total`, `total_fmt`, `percentage`, `elapsed`, `elapsed_s`, `remaining`, `remaining_s`, `desc`, `unit`, `rate`,
   * `rate_fmt`, `rate_noinv`, `rate_noinv_fmt`, `rate_inv`, `rate_inv_fmt`, `postfix`. `{bar:20}` is 20 wide, and `{percentage:3.0f}`
   * has a width and digits.
   */
  readonly barFormat?: string | undefined;
}

/**
 * Seconds as a clock shows them: `[H:]MM:SS`.
 *
 * ```js
 * console.log(formatInterval(3725));   // 1:02:05
 * ```
 */
export function formatInterval(seconds: number): string {
  const whole = Math.trunc(Math.abs(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return `${seconds < 0 ? '-' : ''}${hours > 0 ? `${hours}:` : ''}${two(minutes)}:${two(whole % 60)}`;
}

/**
 * A number with three digits and a prefix of the SI.
 *
 * ```js
 * console.log(formatSizeof(1234567, 'B'));   // 1.23MB
 * ```
 */
export function formatSizeof(number: number, suffix = '', divisor = 1000): string {
  let left = number;
  for (const prefix of ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z']) {
    const size = Math.abs(left);
    if (size < 999.5)
      return `${fixed(left, size < 9.995 ? 2 : size < 99.95 ? 1 : 0)}${prefix}${suffix}`;
    left /= divisor;
  }
  return `${fixed(left, 1)}Y${suffix}`;
}

/** A number in few characters, as tqdm prints the numbers of a postfix: three digits, unless all of it is as short. */
export function formatNum(number: number): string {
  const [mantissa = '', exponent = ''] = number.toExponential(2).split('e');
  const power = Number(exponent);
  const short = (digits: string): string =>
    digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  const three =
    power < -4 || power > 2 ? `${short(mantissa)}e${exponent}` : short(fixed(number, 2 - power));
  const whole = String(number);
  return three.length < whole.length ? three : whole;
}

/**
 * The line for `n` of `total` units done in `elapsed` seconds.
 *
 * ```js
 * console.log(formatMeter(9, 20, 3.27, { prefix: 'pages' }));   // pages:  45%|████▌     | 9/20 [00:03<00:03,  2.75it/s]
 * ```
 *
 * @param total how many there will be; without it the line has neither bar nor remaining time
 */
export function formatMeter(
  n: number,
  total: number | undefined,
  elapsed: number,
  options: MeterOptions = {},
): string {
  const { prefix = '', ncols, ascii = false, unit = 'it', unitDivisor = 1000 } = options;
  const scale = options.unitScale ?? false;
  const factor = typeof scale === 'number' && scale !== 0 ? scale : 1;
  const scaled = scale === true || scale === 1;
  // A count beyond the total says that the total was wrong.
  const known = total && n < total + 0.5 && total !== Number.POSITIVE_INFINITY ? total : undefined;
  const all = known === undefined ? undefined : known * factor;
  const done = n * factor;
  const rate =
    options.rate !== undefined
      ? options.rate * factor
      : elapsed
        ? (done - (options.initial ?? 0)) / elapsed
        : undefined;
  const inverse = rate ? 1 / rate : undefined;
  const perUnit = (value: number | undefined): string =>
    value ? (scaled ? formatSizeof(value) : fixed(value, 2).padStart(5)) : '?';
  const count = (value: number): string =>
    scaled ? formatSizeof(value, '', unitDivisor) : String(value);

  const rateNoinv = `${perUnit(rate)}${unit}/s`;
  const rateInv = `${perUnit(inverse)}s/${unit}`;
  const rateText = inverse !== undefined && inverse > 1 ? rateInv : rateNoinv;
  const doneText = count(done);
  const shown = all ?? (total === 0 ? 0 : undefined);
  const allText = shown === undefined ? '?' : count(shown);
  const postfix = options.postfix ? `, ${options.postfix}` : '';
  const elapsedText = formatInterval(elapsed);
  const remaining = rate && all ? (all - done) / rate : 0;
  const remainingText = rate ? formatInterval(remaining) : '?';
  const left = prefix === '' || prefix.endsWith(': ') ? prefix : `${prefix}: `;
  const right = `| ${doneText}/${allText} [${elapsedText}<${remainingText}, ${rateText}${postfix}]`;
  const trimmed = (line: string): string => (ncols ? trim(line, ncols) : line);

  const fraction = all === undefined ? 0 : done / all;
  const percentage = fraction * 100;
  const start = all === undefined ? `${left}|` : `${left}${fixed(percentage, 0).padStart(3)}%|`;
  if (all === undefined && options.barFormat === undefined)
    return trimmed(
      `${prefix === '' ? '' : `${prefix}: `}${doneText}${unit} [${elapsedText}, ${rateText}${postfix}]`,
    );
  if (all !== undefined && ncols === 0) return start.slice(0, -1) + right.slice(1);

  const values: Record<string, string | number | undefined> = {
    l_bar: start,
    r_bar: right,
    n: done,
    n_fmt: doneText,
    total: shown,
    total_fmt: allText,
    percentage,
    elapsed: elapsedText,
    elapsed_s: elapsed,
    remaining: remainingText,
    remaining_s: remaining,
    desc: prefix,
    unit,
    rate: inverse !== undefined && inverse > 1 ? inverse : rate,
    rate_fmt: rateText,
    rate_noinv: rate,
    rate_noinv_fmt: rateNoinv,
    rate_inv: inverse,
    rate_inv_fmt: rateInv,
    postfix,
  };
  let format = options.barFormat ?? '{l_bar}{bar}{r_bar}';
  if (all !== undefined && prefix === '') format = format.replaceAll('{desc}: ', '');
  const charset =
    all === undefined ? BLANK : ascii === true ? ASCII : ascii === false ? BLOCKS : ascii;
  const around = fill(format, values, () => '');
  const width = ncols ? Math.max(1, ncols - displayed(around)) : 10;
  return trimmed(fill(format, values, spec => bar(fraction, width, charset, spec)));
}

const ASCII = ' 123456789#';
const BLOCKS = ' ▏▎▍▌▋▊▉█';
const BLANK = '  ';

/** Puts the values into a format. */
function fill(
  format: string,
  values: Record<string, string | number | undefined>,
  barOf: (spec: string) => string,
): string {
  return format.replace(/\{(\w+)(?::([^}]*))?\}/g, (whole, name: string, spec = '') => {
    if (name === 'bar') return barOf(spec);
    if (!(name in values))
      throw new RangeError(
        `${whole} is not a name of tqdm's: use ${Object.keys(values).join(', ')} or bar`,
      );
    const value = values[name];
    const [, width = '0', digits] = /^(\d*)(?:\.(\d+)f)?$/.exec(spec) ?? [];
    const text =
      typeof value === 'number' && digits !== undefined
        ? fixed(value, Number(digits))
        : String(value ?? 'None');
    return typeof value === 'number' ? text.padStart(Number(width)) : text.padEnd(Number(width));
  });
}

/** The bar; `spec` is a width, or what to take off the width at hand, and `a`, `u` or `b` for its characters. */
function bar(fraction: number, available: number, charset: string, spec: string): string {
  const [, asked = '', kind = ''] = /^(-?\d*)([aub]?)$/.exec(spec) ?? [];
  const symbols = [...({ a: ASCII, u: BLOCKS, b: BLANK }[kind] ?? charset)];
  const number = Number(asked);
  const width = asked === '' ? available : number < 0 ? available + number : number;
  const steps = symbols.length - 1;
  const length = Math.trunc(Math.min(1, Math.max(0, fraction)) * width * steps);
  const full = Math.floor(length / steps);
  const drawn = (symbols[steps] ?? '').repeat(full);
  if (full >= width) return drawn;
  return drawn + symbols[length % steps] + (symbols[0] ?? '').repeat(width - full - 1);
}

/** `number` with so many digits after the point; halves go to the even digit, as Python rounds and JavaScript does not. */
function fixed(number: number, digits: number): string {
  // Only a multiple of 1 / 2^(digits + 1) can lie exactly between two neighbours.
  const tie = Math.abs(number) * 2 ** (digits + 1);
  if (!Number.isInteger(tie) || tie % 2 === 0) return number.toFixed(digits);
  const scaled = Math.floor(Math.abs(number) * 10 ** digits);
  const even = (scaled % 2 === 0 ? scaled : scaled + 1) / 10 ** digits;
  return (Math.sign(number) * even).toFixed(digits);
}

/** East Asian characters that take two columns, by ranges. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/** How many columns a terminal needs. */
export function displayed(text: string): number {
  return [...text].length + (text.match(WIDE)?.length ?? 0);
}

function trim(text: string, columns: number): string {
  const symbols = [...text];
  let width = displayed(text);
  while (width > columns) width -= displayed(symbols.pop() ?? ' ');
  return symbols.join('');
}
