// The futures of the run as a table, in Python's words. Of ten thousand rows only those in sight are on the page.

import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { duration } from '../../trace/duration.ts';
import { changes, trace } from '../../trace/feed.ts';
import { hovered, selected, shownMoment, toldMoment } from '../../trace/look.ts';
import { laneOf, WORDS } from '../../trace/sentence.ts';
import { CANCELLED, DONE, FAILED, PENDING, RUNNING, type Trace } from '../../trace/trace.ts';
import { COLUMNS, type ColumnName, type Filter, type Order, ordered } from './order.ts';

const ROW = 27;
/** Rows above and below what is in sight, so that scrolling does not show gaps. */
const SPARE = 6;
/** Milliseconds between two sortings while the run is on. */
const RESORT = 250;

const STATES = ['pending', 'running', 'cancelled', 'finished'] as const;
const MARKS: Readonly<Record<number, string>> = {
  [PENDING]: 'pending',
  [RUNNING]: 'running',
  [DONE]: 'done',
  [FAILED]: 'failed',
  [CANCELLED]: 'cancelled',
};
const NUMERIC: ReadonlySet<ColumnName> = new Set(['id', 'waited', 'ran']);

const rowId = (future: number) => `future-${future}`;

function Cells({ trace, future, now }: { trace: Trace; future: number; now: number }) {
  const state = trace.stateAt(future, now);
  const text = state === DONE || state === FAILED ? (trace.text[future] ?? '') : '';
  const args = trace.args[future] ?? '';
  return (
    <>
      <td class="number">{trace.id[future]}</td>
      <td title={trace.task[future]}>{trace.task[future]}</td>
      <td title={args}>{args}</td>
      <td>
        <span class="state" data-state={MARKS[state]}>
          <span class="swatch" aria-hidden="true" />
          {WORDS[state]}
        </span>
      </td>
      <td>{trace.started.get(future) <= now ? laneOf(trace, future) : ''}</td>
      <td class="number">{duration(Math.max(0, trace.waited(future, now)))}</td>
      <td class="number">{duration(trace.ran(future, now))}</td>
      <td class={state === FAILED ? 'error' : undefined} title={text}>
        {state === FAILED && <span class="visually-hidden">error: </span>}
        {text}
      </td>
    </>
  );
}

function HeadCell({ name, order, sort }: { name: ColumnName; order: Order; sort: () => void }) {
  const sorted = order.by === name;
  return (
    <th
      scope="col"
      class={NUMERIC.has(name) ? 'number' : undefined}
      aria-sort={sorted ? (order.down ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" onClick={sort}>
        {name === 'result' ? 'result or error' : name}
        <span aria-hidden="true">{sorted ? (order.down ? '▾' : '▴') : ''}</span>
      </button>
    </th>
  );
}

export function Futures() {
  const box = useRef<HTMLDivElement>(null);
  const filter = useSignal<Filter>({ text: '', state: '' });
  const order = useSignal<Order>({ by: 'id', down: false });
  const top = useSignal(0);
  const room = useSignal(300);
  const rows = useSignal<Int32Array>(new Int32Array(0));
  const sortedAt = useRef(0);
  const last = useRef<{
    filter?: Filter;
    order?: Order;
    moment?: number | undefined;
    trace?: Trace | undefined;
  }>({});

  // What the person asked for is sorted at once; what only grows, now and then.
  useSignalEffect(() => {
    changes.value;
    const asked = {
      filter: filter.value,
      order: order.value,
      moment: toldMoment.value,
      trace: trace.value,
    };
    const { filter: wanted, order: by, trace: known } = asked;
    const same =
      last.current.filter === wanted &&
      last.current.order === by &&
      last.current.trace === known &&
      last.current.moment === asked.moment;
    const cheap = by.by === 'id' && wanted.text === '' && wanted.state === '';
    if (same && !cheap && performance.now() - sortedAt.current < RESORT) {
      const later = setTimeout(() => {
        changes.value++;
      }, RESORT);
      return () => clearTimeout(later);
    }
    last.current = asked;
    rows.value = known ? ordered(known, wanted, by, shownMoment()) : new Int32Array(0);
    sortedAt.current = performance.now();
    return undefined;
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      room.value = element.clientHeight;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const placeOfSelected = useComputed(() => rows.value.indexOf(selected.value));
  // A future that was chosen in the timeline is brought into sight; one that was clicked here is already.
  useSignalEffect(() => {
    selected.value;
    const place = placeOfSelected.peek();
    const element = box.current;
    if (place < 0 || !element) return;
    const y = place * ROW;
    const view = element.clientHeight - ROW;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + ROW > element.scrollTop + view) element.scrollTop = y + ROW - view;
  });

  const known = trace.value;
  if (!known) return null;
  changes.value;
  const shown = rows.value;
  const from = Math.max(0, Math.floor(top.value / ROW) - SPARE);
  const to = Math.min(shown.length, Math.ceil((top.value + room.value) / ROW) + SPARE);
  const now = shownMoment();

  const sort = (by: ColumnName) => () => {
    const { by: before, down } = order.value;
    order.value = { by, down: before === by ? !down : false };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const place = placeOfSelected.value;
    const page = Math.max(1, Math.floor(room.value / ROW) - 2);
    const goals: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: shown.length - 1,
    };
    const goal = goals[event.key];
    if (event.target !== event.currentTarget || goal === undefined) return;
    event.preventDefault();
    const future = shown[Math.min(shown.length - 1, Math.max(0, goal))];
    if (future !== undefined) selected.value = future;
  };
  const futureOf = (event: Event) => {
    const row = (event.target as Element).closest<HTMLElement>('tr[data-future]');
    return row ? Number(row.dataset.future) : -1;
  };

  return (
    <div class="futures">
      <div class="filters">
        <label>
          <span class="visually-hidden">Filter the futures</span>
          <input
            type="search"
            placeholder="Filter: task, arguments, result…"
            value={filter.value.text}
            onInput={event => {
              filter.value = { ...filter.value, text: event.currentTarget.value };
            }}
          />
        </label>
        <label>
          <span class="visually-hidden">State</span>
          <select
            value={filter.value.state}
            onChange={event => {
              filter.value = { ...filter.value, state: event.currentTarget.value };
            }}
          >
            <option value="">all states</option>
            {STATES.map(state => (
              <option key={state} value={state}>
                {state}
              </option>
            ))}
          </select>
        </label>
        <p class="count" aria-live="polite">
          {shown.length === known.size
            ? `${known.size.toLocaleString('en')} futures`
            : `${shown.length.toLocaleString('en')} of ${known.size.toLocaleString('en')} futures`}
        </p>
      </div>
      <div
        class="futures-box"
        ref={box}
        onScroll={event => {
          top.value = event.currentTarget.scrollTop;
        }}
      >
        {/* A table whose rows can be chosen is a grid; the rows keep their columns. */}
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: see above
          role="grid"
          aria-label="Futures"
          aria-rowcount={shown.length + 1}
          aria-activedescendant={
            placeOfSelected.value >= from && placeOfSelected.value < to
              ? rowId(selected.value)
              : undefined
          }
          tabIndex={0}
          onKeyDown={onKeyDown}
          onPointerMove={event => {
            hovered.value = futureOf(event);
          }}
          onPointerLeave={() => {
            hovered.value = -1;
          }}
          onClick={event => {
            const future = futureOf(event);
            if (future >= 0) selected.value = future;
          }}
        >
          <colgroup>
            {COLUMNS.map(name => (
              <col key={name} class={`col-${name}`} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {COLUMNS.map(name => (
                <HeadCell key={name} name={name} order={order.value} sort={sort(name)} />
              ))}
            </tr>
          </thead>
          <tbody
            style={{ '--above': `${from * ROW}px`, '--below': `${(shown.length - to) * ROW}px` }}
          >
            {Array.from(shown.subarray(from, to), (future, index) => (
              <tr
                key={future}
                id={rowId(future)}
                data-future={future}
                aria-rowindex={from + index + 2}
                aria-selected={future === selected.value}
                class={future === hovered.value ? 'hovered' : undefined}
              >
                <Cells trace={known} future={future} now={now} />
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p class="empty">No future is like that.</p>}
      </div>
    </div>
  );
}
