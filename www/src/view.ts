// How the page was asked to show itself, by what stands after the `?` of its address.

const asked = new URLSearchParams(location.search);

/** `?embed`: only code and results, for a frame on a course page. */
export const embedded = asked.has('embed');

/** `?safe`: nothing is loaded ahead, and the editor is a plain one, for code that harms the page. */
export const safe = asked.has('safe');

if (embedded) document.documentElement.dataset.embed = 'yes';
