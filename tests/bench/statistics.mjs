// Medians, quantiles, and ratios of what was measured in the same round.

/** The value below which the share `q` of all lies, between two neighbours in proportion. */
export function quantile(values, q) {
  if (values.length === 0) throw new RangeError('a quantile needs at least one value');
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

export const median = values => quantile(values, 0.5);

/**
 * The median of `values[round] / reference[round]`, over the rounds that both have. A loaded machine slows both sides of a
 * round alike, so this holds where the ratio of two medians does not. Undefined where there is no such round.
 */
export function pairedRatio(values, reference) {
  const ratios = values.flatMap((value, round) =>
    value === null || value === undefined || !reference[round] ? [] : [value / reference[round]],
  );
  return ratios.length === 0 ? undefined : median(ratios);
}
