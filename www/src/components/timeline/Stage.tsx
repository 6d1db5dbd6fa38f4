// What the page loads when a run has something to show on a timeline.

import '../../styles/timeline.css';
import '../../styles/futures.css';

export { Panels } from '../futures/Panels.tsx';
export { Progress } from './Progress.tsx';
export { Timeline } from './Timeline.tsx';
