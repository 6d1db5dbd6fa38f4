// The timeline's own small pictures; each stands beside a text.

import { Icon } from '../icons.tsx';

export { PlayIcon } from '../icons.tsx';

export const PauseIcon = () => (
  <Icon>
    <path d="M5 3v10M11 3v10" stroke-width="2.4" />
  </Icon>
);
export const WideIcon = () => (
  <Icon>
    <path d="M1.5 8h13M4.5 5l-3 3 3 3M11.5 5l3 3-3 3" />
  </Icon>
);
export const NarrowIcon = () => (
  <Icon>
    <path d="M1.5 8h5M9.5 8h5M3.5 5l3 3-3 3M12.5 5l-3 3 3 3" />
  </Icon>
);
export const SaveIcon = () => (
  <Icon>
    <path d="M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11" />
  </Icon>
);
