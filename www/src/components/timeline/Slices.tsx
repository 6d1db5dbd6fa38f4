// The futures of the lanes as options of a list box: the selected one, and its neighbours on the lane. More would be
// thousands of elements that nobody reaches; each option tells its place among all.

import { changes, trace } from '../../trace/feed.ts';
import { selected, shownMoment, toldMoment } from '../../trace/look.ts';
import { sentenceOf } from '../../trace/sentence.ts';

const NEIGHBOURS = 3;

export const sliceId = (future: number) => `slice-${future}`;

export function Slices() {
  changes.value;
  toldMoment.value;
  const known = trace.value;
  const chosen = selected.value;
  const lane =
    known &&
    (known.lanes[known.lane.get(chosen)] ?? known.lanes.find(each => each.slices.length > 0));
  if (!known || !lane || lane.slices.length === 0)
    return (
      <div
        role="option"
        tabIndex={-1}
        aria-selected="false"
        aria-disabled="true"
        class="visually-hidden"
      >
        {chosen >= 0 && known ? sentenceOf(known, chosen, shownMoment()) : 'Nothing has run yet'}
      </div>
    );
  const place = Math.max(0, known.placeInLane(chosen));
  const from = Math.max(0, place - NEIGHBOURS);
  const to = Math.min(lane.slices.length, place + NEIGHBOURS + 1);
  return (
    <>
      {Array.from({ length: to - from }, (_, index) => {
        const future = lane.slices.get(from + index);
        return (
          <div
            key={future}
            id={sliceId(future)}
            role="option"
            tabIndex={-1}
            class="visually-hidden"
            aria-selected={future === chosen}
            aria-setsize={lane.slices.length}
            aria-posinset={from + index + 1}
          >
            {sentenceOf(known, future, shownMoment())}
          </div>
        );
      })}
    </>
  );
}
