// The keys of the timeline; those of Perfetto where it has one.

export type Action =
  | 'zoom-in'
  | 'zoom-out'
  | 'earlier'
  | 'later'
  | 'next'
  | 'previous'
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'focus'
  | 'play'
  | 'clear'
  | 'help';

/** By the key's place, so that the four under the left hand are there on every keyboard. */
const PLACES: Readonly<Record<string, Action>> = {
  KeyW: 'zoom-in',
  KeyS: 'zoom-out',
  KeyA: 'earlier',
  KeyD: 'later',
};

/** By what the key writes. */
const SIGNS: Readonly<Record<string, Action>> = {
  '.': 'next',
  ',': 'previous',
  ArrowRight: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  f: 'focus',
  F: 'focus',
  ' ': 'play',
  Escape: 'clear',
  '?': 'help',
  '+': 'zoom-in',
  '-': 'zoom-out',
};

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export function actionOf({ key, code, ctrlKey, metaKey, altKey }: Key): Action | undefined {
  // These belong to the browser.
  if (ctrlKey || metaKey || altKey) return undefined;
  return SIGNS[key] ?? PLACES[code];
}

/** For the help: keys, and what they do. */
export const HELP: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['W', 'S'], 'zoom in and out'],
  [['A', 'D'], 'move to earlier and later'],
  [['Ctrl + wheel'], 'zoom at the pointer'],
  [['Shift + drag'], 'move'],
  [['drag'], 'select an area and see its numbers'],
  [['.', ','], 'next and previous future on the lane; also → and ←'],
  [['↑', '↓'], 'lane above and below'],
  [['F'], 'focus what is selected; again: show everything'],
  [['Space'], 'play or pause the replay'],
  [['Esc'], 'clear the selection'],
  [['?'], 'this list'],
];
