// Light, dark, or as the system has it. The choice is applied by an attribute that the style sheet knows.

import { effect, signal } from '@preact/signals';
import { recall, remember } from './storage.ts';

export const THEMES = ['light', 'dark', 'auto'] as const;
export type Theme = (typeof THEMES)[number];

const remembered = recall('theme');
export const theme = signal<Theme>(THEMES.find(name => name === remembered) ?? 'auto');

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'auto') delete dataset.theme;
  else dataset.theme = theme.value;
  remember('theme', theme.value === 'auto' ? undefined : theme.value);
});
