// Tasks that tests name by this file's address.

export const double = (n: number): number => n * 2;

export const isPrime = (n: number): boolean => n > 1;

export const later = async (text: string, times = 1): Promise<string> => text.repeat(times);

export const notATask = 5;

let calls = 0;

export function count(): number {
  return ++calls;
}
