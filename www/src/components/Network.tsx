// The sliders of the network that an experiment runs on.

import { usesNetwork } from '../experiments/index.ts';
import type { Network as Settings } from '../network/network.ts';
import { network, USUAL } from '../network/settings.ts';
import { busy } from '../run/run.ts';
import { experiment } from '../session.ts';

type Name = Exclude<keyof Settings, 'seed'>;

const SLIDERS: readonly [Name, string, max: number, step: number, unit: string][] = [
  ['latency', 'Latency', 3, 0.1, ' s'],
  ['jitter', 'Jitter', 3, 0.1, ' s'],
  ['missing', '404', 100, 5, ' %'],
  ['unavailable', '503', 100, 5, ' %'],
  ['dropped', 'Dropped', 100, 5, ' %'],
];

const inWords = ({ latency, jitter, missing, unavailable, dropped }: Settings) => {
  const time =
    jitter > 0 ? `${latency} to ${Number((latency + jitter).toFixed(1))} s` : `${latency} s`;
  const faults = [
    missing && `${missing} % 404`,
    unavailable && `${unavailable} % 503`,
    dropped && `${dropped} % dropped`,
  ].filter(Boolean);
  return [time, ...faults].join(', ');
};

export function Network() {
  const settings = network.value;
  // A program that came by a link or was typed here may use it, too; then its settings came along.
  if (!usesNetwork(experiment.value)) return null;
  const own = experiment.value.network ?? USUAL;
  const same = (Object.keys(own) as (keyof Settings)[]).every(name => own[name] === settings[name]);
  return (
    <details class="network">
      <summary>
        <span>Network</span> <span class="network-words">{inWords(settings)}</span>
      </summary>
      <div class="sliders">
        {SLIDERS.map(([name, label, max, step, unit]) => (
          <label key={name}>
            <span>{label}</span>
            <input
              type="range"
              min={0}
              max={max}
              step={step}
              value={settings[name]}
              aria-valuetext={`${settings[name]}${unit}`}
              onInput={event => {
                network.value = { ...settings, [name]: event.currentTarget.valueAsNumber };
              }}
            />
            <output>
              {settings[name]}
              {unit}
            </output>
          </label>
        ))}
        <div class="network-buttons">
          <button
            type="button"
            class="quiet"
            title="The same shares, with other requests hit"
            onClick={() => {
              network.value = { ...settings, seed: (settings.seed % 999) + 1 };
            }}
          >
            Other luck
          </button>
          {!same && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                network.value = own;
              }}
            >
              As it was
            </button>
          )}
          <p>
            {busy.value
              ? 'Holds from the next run on.'
              : 'Made by the page’s service worker from the page’s own files: the same for every variant, and for everybody.'}
          </p>
        </div>
      </div>
    </details>
  );
}
