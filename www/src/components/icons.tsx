// The page's few pictures. Each stands beside a text, or has one for screen readers, so all are hidden from those.

import type { ComponentChildren } from 'preact';

export function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {children}
    </svg>
  );
}

export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.8" />
    <path d="M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z" />
  </Icon>
);
export const AutoIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.8" />
    <path d="M8 2.2v11.6a5.8 5.8 0 0 0 0-11.6z" fill="currentColor" stroke="none" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M4.5 2.8v10.4l8.5-5.2z" fill="currentColor" stroke-width="1.2" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="3.5" y="3.5" width="9" height="9" rx="1.2" fill="currentColor" stroke="none" />
  </Icon>
);

/** Three workers' lanes. */
export const Logo = () => (
  <svg class="logo" viewBox="0 0 32 32" width="36" height="36" aria-hidden="true">
    <rect width="32" height="32" rx="7" fill="#1f2a44" />
    <g stroke-width="4" stroke-linecap="round">
      <path stroke="#8fb4ff" d="M7 9h12" />
      <path stroke="#ffc46b" d="M12 16h13" />
      <path stroke="#7fd8b4" d="M7 23h8M21 23h4" />
    </g>
  </svg>
);

export const BackIcon = () => (
  <Icon>
    <path d="M9.8 3.5 5.3 8l4.5 4.5" />
  </Icon>
);
export const ForwardIcon = () => (
  <Icon>
    <path d="M6.2 3.5 10.7 8l-4.5 4.5" />
  </Icon>
);
export const ListIcon = () => (
  <Icon>
    <path d="M2.5 4h.01M2.5 8h.01M2.5 12h.01M5.5 4h8M5.5 8h8M5.5 12h8" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.3" />
    <path d="m10.3 10.3 3.4 3.4" />
  </Icon>
);
export const ShareIcon = () => (
  <Icon>
    <path d="M8 9.8V2.2M5.2 4.8 8 2l2.8 2.8M3 8.5v4.2c0 .6.4 1 1 1h8c.6 0 1-.4 1-1V8.5" />
  </Icon>
);
