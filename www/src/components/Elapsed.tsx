// A clock that counts from a moment on. It writes its text itself: no component is rendered for a tick.

import { useEffect, useRef } from 'preact/hooks';
import { seconds } from '../format.ts';

/** Milliseconds between ticks; calmer for who asked for less motion. */
const tick = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 1000 : 100);

export function Elapsed({ since }: { since: number }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const show = () => {
      if (place.current)
        place.current.textContent = seconds(Math.max(0, performance.now() - since) / 1000, 1);
    };
    show();
    const timer = setInterval(show, tick());
    return () => clearInterval(timer);
  }, [since]);
  return <span class="elapsed" ref={place} />;
}
