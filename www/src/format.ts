// Numbers as the page writes them.

/** A duration: `0.42 s`, `3.1 s`, `84 s`. */
export function seconds(value: number, digits?: number): string {
  const fitting = value < 1 ? 3 : value < 10 ? 2 : 1;
  return `${value.toFixed(digits ?? fitting)} s`;
}

/** How many times as fast: `1.9×`. */
export function times(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)}×`;
}
