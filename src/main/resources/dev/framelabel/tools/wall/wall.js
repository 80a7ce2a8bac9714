'use strict';
// The wall: what the server sends, as tiles. All text goes in as text, never as markup.
const MOST_PICTURES_A_SECOND = 60;
const LEAST_PICTURE_INTERVAL = 200;
const PICTURES_AT_ONCE = 4;
const PICTURE_TIMEOUT = 10000;
const TIMELINE = 60;
const TILE_LABELS = 3;
const LONGEST_NAME = 120;
const MOST_LABELS = 500;
const WORDS = {
  connecting: 'no frames yet', live: 'live', unlabelled: 'frames, no labels', frozen: 'picture frozen',
  black: 'picture black', silent: 'no frames', lost: 'camera lost', ended: 'ended',
};
const at = (id) => document.getElementById(id);
const tiles = new Map();
const known = new Set();
let clockOffset = 0;
let linked = false;
let opened = null;
let openedPicture = '';
const detailRows = new Map();

const make = (name, className, text) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const formats = [0, 1].map((digits) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const number = (value, digits) => value === undefined ? '–' : formats[digits].format(value);
const short = (text) => text.length <= LONGEST_NAME ? text : text.slice(0, LONGEST_NAME - 1).replace(/[\uD800-\uDBFF]$/, '') + '…';
const millis = (value) => value === undefined ? '–' : value >= 10000 ? number(value / 1000, 0) + ' s' : number(value, value < 100 ? 1 : 0) + ' ms';
const micros = (value) => millis(value / 1000);
const percent = (score) => number(score * 100, 0) + ' %';
const now = () => Date.now() + clockOffset;
const clock = (time) => new Date(time).toLocaleTimeString('en-GB', { hour12: false }) + '.' + String(time % 1000).padStart(3, '0');
const since = (time) => {
  const seconds = Math.max(0, (now() - time) / 1000);
  if (seconds < 10) return number(seconds, 1) + ' s';
  if (seconds < 120) return number(seconds, 0) + ' s';
  return seconds < 7200 ? number(seconds / 60, 0) + ' min' : number(seconds / 3600, 0) + ' h';
};
const hues = new Map();
const colour = (label) => {
  // Golden angle: labels that come one after the other differ most.
  if (!hues.has(label)) {
    if (hues.size >= MOST_LABELS) return 'hsl(0 0% 55%)';
    hues.set(label, hues.size * 137.5 % 360);
  }
  return 'hsl(' + hues.get(label) + ' 55% 55%)';
};

/** Lines of labels: a bar as long as the score, in the time line's colour at its head. */
const labelLines = (count) => {
  const element = make('span', 'labels');
  const rows = Array.from({ length: count }, () => {
    const row = { line: make('span', 'label'), bar: make('span', 'bar'), mark: make('span', 'mark'), text: make('span', 'text'), score: make('span', 'score') };
    row.line.append(row.bar, row.mark, row.text, row.score);
    row.line.hidden = true;
    element.append(row.line);
    return row;
  });
  return { element, rows };
};

const putLabels = (rows, labels) => rows.forEach((row, index) => {
  const label = labels[index];
  row.line.hidden = !label;
  if (!label) return;
  if (row.text.textContent !== label.label) {
    row.text.textContent = label.label;
    row.mark.style.background = colour(label.label);
    learn(label.label);
  }
  put(row.score, percent(label.score));
  row.bar.style.width = Math.min(100, Math.max(0, label.score * 100)) + '%';
});

const drawTimeline = (canvas, timeline) => {
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, TIMELINE, 1);
  timeline.forEach((label, index) => {
    if (label) { context.fillStyle = colour(label); context.fillRect(index, 0, 1, 1); }
  });
};

class Tile {
  constructor(camera) {
    this.camera = camera;
    this.timeline = new Array(TIMELINE).fill('');
    this.second = 0;
    this.visible = false;
    this.loading = false;
    this.loadedAt = 0;
    this.loaded = '';
    this.data = {};
    this.build();
  }

  build() {
    this.element = make('button', 'tile');
    this.element.type = 'button';
    this.element.dataset.camera = this.camera;
    const picture = make('span', 'picture');
    this.image = make('img');
    this.image.alt = '';
    this.image.hidden = true;
    this.image.addEventListener('load', () => this.done(true));
    this.image.addEventListener('error', () => this.done(false));
    this.none = make('span', 'none', 'no picture yet');
    picture.append(this.image, this.none);
    const body = make('span', 'body');
    const head = make('span', 'head');
    this.state = make('span', 'state');
    const name = make('span', 'name', short(this.camera));
    name.title = this.camera;
    head.append(name, this.state);
    this.labels = labelLines(TILE_LABELS);
    this.canvas = make('canvas', 'timeline');
    this.canvas.width = TIMELINE;
    this.canvas.height = 1;
    this.canvas.setAttribute('aria-hidden', 'true');
    this.error = make('span', 'error');
    this.error.hidden = true;
    const meta = make('span', 'meta');
    this.age = make('span', 'age');
    this.fps = make('span', 'fps');
    this.latency = make('span', 'latency');
    this.rejected = make('span', 'rejected');
    this.provisional = make('span', 'provisional');
    this.provisional.title = 'not committed yet: it may come again or be withdrawn';
    meta.append(this.fps, this.latency, this.age);
    const marks = make('span', 'meta');
    marks.append(this.rejected, this.provisional);
    body.append(head, this.labels.element, this.canvas, meta, marks, this.error);
    this.element.append(picture, body);
    this.element.addEventListener('click', () => openDetail(this.camera));
  }

  update(data) {
    this.data = data;
    this.element.dataset.state = data.state;
    if (data.timeline) {
      this.timeline = data.timeline.slice();
      this.second = Math.floor(now() / 1000);
      this.draw();
    }
    const labels = data.labels || [];
    putLabels(this.labels.rows, labels);
    if (labels.length) this.mark(labels[0].label, data.capturedAt);
    put(this.fps, number(data.fps, 1) + ' fps');
    put(this.latency, data.latencyMillis === undefined ? '' : millis(data.latencyMillis));
    this.latency.title = 'from capture to label';
    put(this.rejected, data.rejected ? number(data.rejected, 0) + ' rejected' : '');
    put(this.provisional, labels.length && !data.committed ? 'provisional' : '');
    const fault = data.state === 'lost' && data.publisher ? data.publisher.lastError : '';
    put(this.error, fault);
    this.error.hidden = !fault;
    this.touch();
  }

  /** What changes by time alone. */
  touch() {
    const last = this.data.lastFrameAt;
    const state = this.data.state;
    let words = linked ? WORDS[state] || state : 'not known';
    if (linked && state === 'silent' && last) words += ' for ' + since(last);
    put(this.state, words);
    put(this.age, last ? since(last) + ' ago' : '');
    this.element.setAttribute('aria-label', short(this.camera) + ', ' + words
      + ((this.data.labels || []).length ? ', ' + this.data.labels[0].label + ' ' + percent(this.data.labels[0].score) : ''));
    this.shift();
  }

  shift() {
    const second = Math.floor(now() / 1000);
    const steps = Math.min(TIMELINE, Math.max(0, second - this.second));
    if (!steps) return;
    for (let i = 0; i < steps; i++) { this.timeline.shift(); this.timeline.push(''); }
    this.second = second;
    this.draw();
  }

  mark(label, time) {
    this.shift();
    const index = TIMELINE - 1 - Math.max(0, this.second - Math.floor(time / 1000));
    if (index >= 0 && this.timeline[index] !== label) { this.timeline[index] = label; this.draw(); }
  }

  draw() {
    if (!this.visible) return;
    drawTimeline(this.canvas, this.timeline);
  }

  /** Whether there is a newer picture that someone would see. */
  wants(interval) {
    const wanted = this.data.picture;
    return wanted && wanted !== this.loaded && !this.loading && this.visible && !this.element.hidden
      && performance.now() - this.loadedAt >= interval;
  }

  load() {
    this.loading = true;
    this.loadedAt = performance.now();
    this.loaded = this.data.picture;
    this.image.src = '/api/picture?frame=' + encodeURIComponent(this.loaded);
  }

  /** Gives up a picture that does not come, so that it does not keep others waiting. */
  giveUp() {
    if (this.loading && performance.now() - this.loadedAt > PICTURE_TIMEOUT) { this.image.removeAttribute('src'); this.done(false, 'the picture does not come'); }
  }

  done(good, words = 'this picture is no longer kept, or cannot be shown') {
    this.loading = false;
    setTimeout(fetchPictures);
    if (good) { this.image.hidden = false; this.none.hidden = true; }
    else { this.image.hidden = true; this.none.hidden = false; put(this.none, words); }
  }

  matches(label, score) {
    if (!label && !score) return true;
    return (this.data.labels || []).some((one) => one.score >= score && one.label.toLowerCase().includes(label));
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const tile = tiles.get(entry.target.dataset.camera);
    tile.visible = entry.isIntersecting;
    if (tile.visible) tile.draw();
  }
}, { rootMargin: '100px' });

const learn = (label) => {
  if (known.has(label) || known.size >= MOST_LABELS) return;
  known.add(label);
  const option = make('option');
  option.value = label;
  at('known-labels').append(option);
};

/** Few at a time, the oldest first: what a browser queues comes late, and the hindmost never. */
const fetchPictures = () => {
  if (document.hidden) return;
  const all = [...tiles.values()];
  const visible = all.filter((tile) => tile.visible && !tile.element.hidden).length;
  const interval = Math.max(LEAST_PICTURE_INTERVAL, visible * 1000 / MOST_PICTURES_A_SECOND);
  const free = PICTURES_AT_ONCE - all.filter((tile) => tile.loading).length;
  if (free <= 0) return;
  const next = all.filter((tile) => tile.wants(interval)).sort((one, other) => one.loadedAt - other.loadedAt);
  for (const tile of next.slice(0, free)) tile.load();
};

const order = new Intl.Collator('en', { numeric: true }).compare;
const takeTile = (data) => {
  let tile = tiles.get(data.camera);
  if (!tile) {
    tile = new Tile(data.camera);
    tiles.set(data.camera, tile);
    const after = [...at('tiles').children].find((other) => order(other.dataset.camera, data.camera) > 0);
    at('tiles').insertBefore(tile.element, after || null);
    seen.observe(tile.element);
  }
  tile.update(data);
};

const filter = () => {
  const label = at('filter-label').value.trim().toLowerCase();
  const score = Number(at('filter-score').value) / 100;
  put(at('filter-score-text'), percent(score));
  let shown = 0;
  for (const tile of tiles.values()) {
    const match = tile.matches(label, score);
    // A tile with the focus stays: who goes by keyboard would lose his place.
    tile.element.hidden = !match && tile.element !== document.activeElement;
    if (match) shown++;
  }
  const all = tiles.size === 1 ? '1 camera' : tiles.size + ' cameras';
  put(at('shown'), tiles.size === 0 ? '' : shown === tiles.size ? all : shown + ' of ' + all);
  at('empty').hidden = shown > 0;
  at('filter-clear').hidden = tiles.size === 0;
  put(at('empty-text'), tiles.size === 0 ? 'No frames yet. A camera appears here when its first frame arrives.'
    : 'No camera matches: none of ' + all + ' shows ' + (label ? '“' + short(at('filter-label').value.trim()) + '”' : 'a label')
      + (score ? ' with ' + percent(score) + ' or more' : '') + ' now.');
};

const clearFilter = () => {
  at('filter-label').value = '';
  at('filter-score').value = 0;
  filter();
  at('filter-label').focus();
};

const kindWords = (kind) => kind.toLowerCase().replaceAll('_', ' ');
const takeSummary = (summary) => {
  clockOffset = summary.now - Date.now();
  put(at('model'), summary.model);
  put(at('frames'), number(summary.framesPerSecond, 1));
  put(at('labelled'), number(summary.labelledPerSecond, 1));
  put(at('batch'), summary.batchSize ? number(summary.batchSize, 1) : '–');
  for (const name of ['p50', 'p95', 'p99']) put(at(name), summary.labelled ? number(summary.latencyMillis[name], 0) : '–');
  const kinds = Object.entries(summary.rejectedByKind);
  put(at('rejected'), number(kinds.reduce((sum, [, count]) => sum + count, 0), 0));
  put(at('rejection-kinds'), kinds.length ? kinds.map(([kind, count]) => number(count, 0) + ' ' + kindWords(kind)).join(', ') : 'none so far');
  const key = summary.rejectedSamples.map((one) => one.frame + one.capturedAt).join();
  if (at('rejection-rows').dataset.key !== key) {
    at('rejection-rows').dataset.key = key;
    at('rejection-rows').replaceChildren(...summary.rejectedSamples.map((one) => row([
      clock(one.capturedAt), short(one.camera || 'unknown'), kindWords(one.rejected), one.reason])));
  }
  alertOf(summary.broker);
  const notes = [];
  if (summary.skipped) notes.push(number(summary.skipped, 0) + ' records passed over to keep up.');
  if (summary.unreadable) notes.push(number(summary.unreadable, 0) + ' records could not be read.');
  if (summary.unseenCameras) notes.push('There are more cameras than this page shows.');
  put(at('notes'), notes.join(' '));
};

const alertOf = (broker) => {
  const text = broker.fault ? broker.fault.charAt(0).toUpperCase() + broker.fault.slice(1)
    + (broker.reachable ? '.' : '. What you see is the last that came.') : '';
  put(at('alert'), text);
  at('alert').hidden = !text;
};

const row = (cells, numbers = []) => {
  const line = make('tr');
  cells.forEach((cell, index) => {
    const data = make('td', numbers.includes(index) ? 'number' : '');
    data.append(cell);
    line.append(data);
  });
  return line;
};

const detailLabels = labelLines(5);
at('detail-labels').append(detailLabels.element);

const showPicture = (one) => {
  openedPicture = one.frame;
  at('detail-picture').src = '/api/picture?frame=' + encodeURIComponent(one.frame);
  put(at('detail-caption'), clock(one.capturedAt) + ', frame ' + short(one.frame) + (one.reason ? ', rejected: ' + one.reason : ''));
  putLabels(detailLabels.rows, one.labels || []);
};

const pictureSeen = (good, words) => {
  at('detail-picture').hidden = !good;
  at('detail-none').hidden = good;
  put(at('detail-none'), words);
};

const stateOf = (one) => one.withdrawn ? 'withdrawn' : !one.committed ? 'provisional' : one.rejected ? 'rejected' : 'committed';

const detailRow = (one) => {
  const pick = make('button', '', clock(one.capturedAt));
  pick.type = 'button';
  pick.addEventListener('click', () => { at('detail-pause').checked = true; showPicture(one); });
  if (one.rejected) {
    const line = row([pick, kindWords(one.rejected) + ': ' + one.reason, stateOf(one)]);
    line.children[1].colSpan = 7;
    return line;
  }
  const best = one.labels[0] || { label: 'none', score: 0 };
  return row([pick, best.label, percent(best.score), millis(one.latencyMillis), micros(one.timings.decodeMicros),
    micros(one.timings.queueMicros), micros(one.timings.inferenceMicros), String(one.timings.batchSize),
    stateOf(one)], [2, 3, 4, 5, 6, 7]);
};

/** New rows on top, those that are too old away; the others stay, and with them the focus. */
const putResults = (results) => {
  const body = at('detail-rows');
  const wanted = new Set(results.map((one) => one.frame));
  for (const [frame, line] of detailRows) if (!wanted.has(frame)) { line.remove(); detailRows.delete(frame); }
  results.forEach((one, index) => {
    let line = detailRows.get(one.frame);
    if (!line) { line = detailRow(one); detailRows.set(one.frame, line); }
    put(line.lastElementChild, stateOf(one));
    if (body.children[index] !== line) body.insertBefore(line, body.children[index] || null);
  });
};

const putDetailTimeline = (tile) => {
  drawTimeline(at('detail-timeline'), tile.timeline);
  const seconds = new Map();
  for (const label of tile.timeline) if (label) seconds.set(label, (seconds.get(label) || 0) + 1);
  const most = [...seconds].sort((one, other) => other[1] - one[1]).slice(0, 6);
  at('detail-legend').replaceChildren(...most.map(([label, count]) => {
    const item = make('li');
    const mark = make('span', 'mark');
    mark.style.background = colour(label);
    item.append(mark, make('span', 'text', label), make('span', 'quiet', count + ' s'));
    return item;
  }));
};

const refreshDetail = async (force) => {
  if (opened === null) return;
  const camera = opened;
  if (tiles.has(camera)) putDetailTimeline(tiles.get(camera));
  if (at('detail-pause').checked && !force) return;
  try {
    const answer = await fetch('/api/labels?camera=' + encodeURIComponent(camera));
    const results = answer.ok ? await answer.json() : [];
    if (opened !== camera || (at('detail-pause').checked && !force)) return;
    put(at('detail-count'), results.length === 0 ? 'No labels yet' : results.length === 1 ? 'The only frame so far' : 'The last ' + results.length + ' frames');
    putResults(results);
    if (results.length && results[0].frame !== openedPicture) showPicture(results[0]);
  } catch (failure) {
    put(at('detail-count'), 'The wall does not answer.');
  }
};

const openDetail = (camera) => {
  opened = camera;
  openedPicture = '';
  put(at('detail-name'), short(camera));
  at('detail-pause').checked = false;
  at('detail-rows').replaceChildren();
  detailRows.clear();
  putLabels(detailLabels.rows, []);
  put(at('detail-caption'), '');
  at('detail-picture').removeAttribute('src');
  pictureSeen(false, 'no picture yet');
  at('detail').showModal();
  refreshDetail(true);
};

/** Up and down among the frames of the opened camera; who picks one stops the list from moving. */
const moveRow = (event) => {
  const line = event.target.closest('tr');
  const to = { ArrowDown: line.nextElementSibling, ArrowUp: line.previousElementSibling }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (to) to.querySelector('button').focus();
};

const connect = () => {
  const stream = new EventSource('/api/stream');
  const link = (state, words) => {
    linked = state === 'live';
    document.body.dataset.link = state;
    put(at('link'), words);
    for (const tile of tiles.values()) tile.touch();
  };
  stream.addEventListener('open', () => link('live', 'live'));
  stream.addEventListener('error', () => {
    link('lost', 'connection lost, trying again');
    // A browser gives up on a refusal; the wall may be back later.
    if (stream.readyState === EventSource.CLOSED) { stream.close(); setTimeout(connect, 2000); }
  });
  stream.addEventListener('snapshot', (event) => {
    const all = JSON.parse(event.data);
    takeSummary(all.summary);
    const there = new Set(all.cameras.map((data) => data.camera));
    for (const [camera, tile] of tiles) if (!there.has(camera)) { seen.unobserve(tile.element); tile.element.remove(); tiles.delete(camera); }
    all.cameras.forEach(takeTile);
    filter();
  });
  stream.addEventListener('tiles', (event) => { JSON.parse(event.data).forEach(takeTile); filter(); });
  stream.addEventListener('summary', (event) => takeSummary(JSON.parse(event.data)));
};

const move = (event) => {
  const keys = ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End'];
  if (!keys.includes(event.key) || !event.target.classList.contains('tile')) return;
  const all = [...at('tiles').children].filter((tile) => !tile.hidden);
  const here = all.indexOf(event.target);
  const top = all[0].offsetTop;
  const columns = Math.max(1, all.filter((tile) => tile.offsetTop === top).length);
  const to = { ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + columns, ArrowUp: here - columns, Home: 0, End: all.length - 1 }[event.key];
  if (all[to]) { all[to].focus(); event.preventDefault(); }
};

at('filter').addEventListener('input', filter);
at('filter').addEventListener('submit', (event) => event.preventDefault());
at('filter-clear').addEventListener('click', clearFilter);
at('tiles').addEventListener('keydown', move);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !event.ctrlKey && !event.altKey && !event.metaKey && opened === null && event.target.tagName !== 'INPUT') { at('filter-label').focus(); event.preventDefault(); }
});
at('detail-close').addEventListener('click', () => at('detail').close());
at('detail').addEventListener('close', () => { opened = null; });
at('detail-picture').addEventListener('load', () => pictureSeen(true, ''));
at('detail-picture').addEventListener('error', () => pictureSeen(false, 'this picture is no longer kept, or cannot be shown'));
at('detail-rows').addEventListener('focusin', () => { at('detail-pause').checked = true; });
at('detail-rows').addEventListener('keydown', moveRow);
setInterval(fetchPictures, 50);
setInterval(() => { for (const tile of tiles.values()) { tile.touch(); tile.giveUp(); } refreshDetail(false); }, 1000);
connect();
