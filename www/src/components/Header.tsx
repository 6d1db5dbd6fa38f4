// The top of the page: what this is, whether the browser gives real threads, and the theme.

import { isolation } from '../isolation.ts';
import { THEMES, type Theme, theme } from '../theme.ts';
import { AutoIcon, Logo, MoonIcon, SunIcon } from './icons.tsx';

const NAMES: Record<Theme, string> = { light: 'Light', dark: 'Dark', auto: 'As the system' };
const ICONS: Record<Theme, () => preact.JSX.Element> = {
  light: SunIcon,
  dark: MoonIcon,
  auto: AutoIcon,
};

function IsolationChip() {
  const cores = navigator.hardwareConcurrency;
  const state = isolation.value.is;
  const text =
    state === 'isolated' ? 'Threads on' : state === 'checking' ? 'Checking…' : 'No threads';
  const title =
    state === 'isolated'
      ? 'This page is cross-origin isolated: memory can be shared, so threads work.'
      : 'Threads need a cross-origin isolated page.';
  return (
    <p class="chip" data-isolation={state} title={title}>
      <span class="dot" aria-hidden="true" />
      {text}
      {cores > 0 && <span class="chip-more">{cores === 1 ? '1 core' : `${cores} cores`}</span>}
    </p>
  );
}

function ThemeToggle() {
  return (
    <fieldset class="themes">
      <legend class="visually-hidden">Theme</legend>
      {THEMES.map(name => {
        const Icon = ICONS[name];
        return (
          <label key={name} title={NAMES[name]}>
            <input
              type="radio"
              name="theme"
              class="visually-hidden"
              checked={theme.value === name}
              onChange={() => {
                theme.value = name;
              }}
            />
            <span class="visually-hidden">{NAMES[name]}</span>
            <Icon />
          </label>
        );
      })}
    </fieldset>
  );
}

export function Header() {
  return (
    <header class="top">
      <Logo />
      <div class="name">
        <h1>concurrent.futures</h1>
        <p>Python’s executors in the browser: real threads and processes, on WebAssembly.</p>
      </div>
      <IsolationChip />
      <ThemeToggle />
    </header>
  );
}
