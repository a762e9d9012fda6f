document.documentElement.classList.add('js');
addEventListener('DOMContentLoaded', function () {
  'use strict';
  const $ = function (id) { return document.getElementById(id); };
  const all = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  const fold = function (s) { return s.normalize('NFKC').toLowerCase(); };
  const comma = function (n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ','); };
  const list = $('needs'), tiles = all('.tile'), chips = all('.chip input');
  const entries = all('.toc li');
  const needs = all('.need').map(function (node, i) {
    return {
      node: node, entry: entries[i], n: i, best: node.dataset.best,
      score: +node.dataset.score, deadline: node.dataset.deadline || '9999',
      rows: all('.matches > li', node).map(function (li) { return { node: li, level: li.dataset.level }; }),
    };
  });
  const grades = ['strong', 'fair', 'weak', 'none'];
  let best = '', indexed = false;

  // The texts are gathered on the first search: a large report opens sooner.
  function index() {
    if (indexed) return;
    indexed = true;
    needs.forEach(function (x) {
      x.text = fold(x.node.querySelector('.ask').textContent);
      x.rows.forEach(function (r) {
        r.text = fold(r.node.querySelector('summary').textContent + ' ' + r.node.querySelector('.why > .place').textContent);
      });
    });
  }

  function apply() {
    const words = fold($('q').value).split(/\s+/).filter(Boolean);
    const levels = chips.filter(function (c) { return c.checked; }).map(function (c) { return c.value; });
    const whole = levels.length === chips.length;
    if (words.length) index();
    const has = function (text) { return words.every(function (w) { return text.includes(w); }); };
    let shownNeeds = 0, shownRows = 0;
    needs.forEach(function (x) {
      const own = !words.length || has(x.text);
      let rows = 0;
      x.rows.forEach(function (r) {
        const show = levels.includes(r.level) && (own || has(r.text));
        r.node.hidden = !show;
        if (show) rows++;
      });
      const empty = !x.rows.length && own && (whole || best === 'none');
      const show = (!best || x.best === best) && (rows > 0 || empty);
      x.node.hidden = x.entry.hidden = !show;
      if (show) { shownNeeds++; shownRows += rows; }
    });
    const filtered = words.length > 0 || !whole || best !== '';
    $('scope').textContent = filtered ? '符合筛选' : '全部';
    $('fn').textContent = comma(shownNeeds);
    $('fm').textContent = comma(shownRows);
    $('of').hidden = !filtered;
    $('clear').hidden = !filtered;
    $('nohit').hidden = shownNeeds > 0 || needs.length === 0;
  }

  function press(value) {
    best = value;
    tiles.forEach(function (t) { t.setAttribute('aria-pressed', String(t.dataset.best === best)); });
    apply();
  }

  let timer = 0;
  $('q').addEventListener('input', function () { clearTimeout(timer); timer = setTimeout(apply, 150); });
  chips.forEach(function (c) { c.addEventListener('change', apply); });
  tiles.forEach(function (t) {
    t.addEventListener('click', function () { press(best === t.dataset.best ? '' : t.dataset.best); });
  });
  $('clear').addEventListener('click', function () {
    $('q').value = '';
    chips.forEach(function (c) { c.checked = true; });
    press('');
    $('q').focus();
  });
  $('sort').addEventListener('change', function () {
    const by = $('sort').value;
    const order = needs.slice().sort(function (a, b) {
      if (by === 'score' && a.best !== b.best) return grades.indexOf(a.best) - grades.indexOf(b.best);
      if (by === 'score' && a.score !== b.score) return b.score - a.score;
      if (by === 'deadline' && a.deadline !== b.deadline) return a.deadline < b.deadline ? -1 : 1;
      return a.n - b.n;
    });
    const toc = document.querySelector('.toc ol');
    order.forEach(function (x) { list.append(x.node); toc.append(x.entry); });
  });
  $('fold').addEventListener('click', function () {
    const open = $('fold').getAttribute('aria-expanded') !== 'true';
    all('.m').forEach(function (d) { d.open = open; });
    $('fold').setAttribute('aria-expanded', String(open));
    $('fold').textContent = open ? '全部收起' : '全部展开';
  });
  $('print').addEventListener('click', function () { print(); });
  // Browsers that cannot print closed parts by style alone (see report.css) get them opened.
  let closed = [];
  addEventListener('beforeprint', function () {
    closed = all('.need:not([hidden]) details:not([open])');
    closed.forEach(function (d) { d.open = true; });
  });
  addEventListener('afterprint', function () { closed.forEach(function (d) { d.open = false; }); closed = []; });
  // On a narrow screen the directory would push the results out of sight.
  const toc = document.querySelector('.toc');
  if (toc && !matchMedia('(min-width: 72rem)').matches) toc.open = false;
  apply();
});
