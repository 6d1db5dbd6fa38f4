// `concurrent-futures/progress`: how far a loop is, as tqdm shows it, and maps on pools with a bar.

export {
  Progress,
  type ProgressOptions,
  type ProgressState,
  progress,
  type Renderer,
} from './progress/bar.js';
export { type ExecutorMapOptions, processMap, threadMap } from './progress/executor-map.js';
export {
  formatInterval,
  formatMeter,
  formatSizeof,
  type MeterOptions,
} from './progress/format.js';
export {
  consoleLine,
  type ElementOptions,
  type LineOptions,
  progressElement,
  type TerminalOptions,
  terminalLine,
} from './progress/renderers.js';
