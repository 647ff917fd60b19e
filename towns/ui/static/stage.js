// The stage: keys, clicks, scale, the speaker's tab, and the mark of a lost server.
//
// Slides stand in three containers of the page (number modulo 3) and are toggled by `visibility`: with `display` a
// chart would have no width. A slide that Python has not drawn yet is announced by its title alone. Attributes of ours
// (data-at, inert, style) are not React's, so a rerun of the page leaves them; a container that is made anew gets them
// again by the observer.
const stages = new WeakMap();

class Stage {
  constructor(root) {
    this.root = root;
    this.typed = "";
    this.timers = {};
    this.undo = [];
    this.number = 0;
    this.told = null;
    this.tries = new Map();
    this.black = false;
    this.started = Date.now();
  }

  part(name) {
    return this.root.querySelector(`.${name}`);
  }

  // -- life ---------------------------------------------------------------------------------------------------------

  begin(component) {
    this.update(component);
    const listen = (target, type, handler, options) => {
      target.addEventListener(type, handler, options);
      this.undo.push(() => target.removeEventListener(type, handler, options));
    };
    listen(window, "keydown", (event) => this.press(event), true);
    listen(window, "keyup", (event) => this.wants(event) && event.stopPropagation(), true);
    listen(window, "resize", () => { this.tries.clear(); this.told = null; this.lay(); this.ask(); });
    for (const [name, step] of [["back", -1], ["next", 1]]) {
      listen(this.part(name), "click", () => this.go(this.number + step, true));
    }
    listen(this.part("reset"), "click", () => { this.started = Date.now(); this.tick(); });
    this.watch = new MutationObserver(() => this.settle());
    this.watch.observe(this.box(), { subtree: true, childList: true });
    const app = document.querySelector("[data-test-connection-state]");
    this.line = new MutationObserver(() => this.hear());
    if (app) {
      this.line.observe(app, { attributes: true,
        attributeFilter: ["data-test-connection-state", "data-test-script-state"] });
    }
    this.timers.clock = setInterval(() => this.tick(), 1000);
    this.channel = new BroadcastChannel(`towns-${this.data.room}`);
    this.channel.onmessage = (event) => this.receive(event.data);
    this.channel.postMessage({ kind: "hello" });
    this.close_others();
    this.box().tabIndex = -1;
    this.box().focus({ preventScroll: true });
    this.go(this.data.slide, false);
    this.hear();
    this.tick();
  }

  update(component) {
    this.whole = false;
    this.data = component.data;
    this.tell = component.setTriggerValue;
    const { words, total } = this.data;
    const box = this.box();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", words.stage);
    this.part("back").setAttribute("aria-label", words.back);
    this.part("next").setAttribute("aria-label", words.next);
    this.part("off").textContent = words.offline;
    this.part("waiting").textContent = words.waiting;
    this.part("turn").textContent = words.turn;
    this.part("reset").textContent = words.reset;
    this.number = Math.min(this.number, total);
    if (this.number) this.settle();
  }

  end() {
    for (const undo of this.undo) undo();
    clearInterval(this.timers.clock);
    clearTimeout(this.timers.tell);
    clearTimeout(this.timers.auto);
    clearTimeout(this.timers.typed);
    clearTimeout(this.timers.lost);
    this.watch.disconnect();
    this.line.disconnect();
    this.channel.close();
  }

  // Nothing behind the stage may be reached by Tab or be read out.
  close_others() {
    for (let item = this.box(); item && item !== document.body; item = item.parentElement) {
      for (const other of item.parentElement?.children ?? []) {
        if (other === item || other.inert || /^(SCRIPT|STYLE)$/.test(other.tagName)) continue;
        other.inert = true;
        this.undo.push(() => { other.inert = false; });
      }
    }
  }

  // -- what is shown ------------------------------------------------------------------------------------------------

  box() {
    return document.querySelector(".st-key-stage");
  }

  slot(number) {
    return document.querySelector(`.st-key-stage_slot_${(number - 1) % 3}`);
  }

  ready(number) {
    const slot = this.slot(number);
    return Boolean(slot?.querySelector(`.stage-foot[data-slide="${number}"]`)
      && slot.querySelector(`.stage-head[data-slide="${number}"]`));
  }

  go(number, send) {
    const { total, auto } = this.data;
    const wanted = Math.max(1, Math.min(total, number));
    const moved = wanted !== this.number;
    this.number = wanted;
    if (this.black && moved) this.darken(false, send);
    if (moved) {
      this.sign();
      this.part("live").textContent = `${wanted} / ${total}, ${this.title(wanted)}`;
      if (send) this.channel.postMessage({ kind: "slide", number: wanted });
    }
    this.settle();
    this.ask();
    clearTimeout(this.timers.auto);
    if (auto && !this.paused && this.data.role === "stage") {
      this.timers.auto = setTimeout(() => this.go(this.number < total ? this.number + 1 : 1, true), auto * 1000);
    }
  }

  // The address names the current slide while the deck plays.
  sign() {
    const address = new URL(window.location.href);
    const query = address.searchParams;
    const wanted = this.number === 1 ? null : String(this.number);
    if (query.get("slide") === wanted || !(query.has("play") || query.has("role"))) return;
    if (wanted) query.set("slide", wanted);
    else query.delete("slide");
    window.history.replaceState(window.history.state, "", address);
  }

  title(number) {
    const drawn = this.ready(number) && this.slot(number).querySelector(".stage-head h2");
    return drawn ? drawn.textContent : this.data.titles[number - 1];
  }

  settle() {
    // The page may have taken the stage away already, a moment before it tells the script so.
    if (!this.box()) return;
    const { total, role, sections } = this.data;
    const near = (number) => number >= 1 && number <= total;
    const prepared = this.ready(this.number);
    for (let place = 0; place < 3; place += 1) {
      const slot = document.querySelector(`.st-key-stage_slot_${place}`);
      if (!slot) continue;
      let at = "off";
      if (prepared && place === (this.number - 1) % 3) at = "now";
      else if (role === "speaker" && near(this.number + 1) && place === this.number % 3 && this.ready(this.number + 1)) {
        at = "then";
      }
      if (slot.dataset.at !== at) slot.dataset.at = at;
      if (slot.inert !== (at !== "now")) slot.inert = at !== "now";
    }
    this.part("wait").classList.toggle("on", !prepared);
    if (!prepared) {
      this.part("section").textContent = sections[this.number - 1];
      this.part("title").textContent = this.data.titles[this.number - 1];
    }
    this.part("back").disabled = this.number === 1;
    this.part("next").disabled = this.number === total;
    this.lay();
    this.ask();
  }

  // The slide is 1080 units high and as wide as the window's shape asks, 16:9 at least: pictures need that width.
  lay() {
    if (!this.box()) return;
    const speaker = this.data.role === "speaker";
    const [w, h] = [window.innerWidth, window.innerHeight];
    const aspect = speaker ? 16 / 9 : Math.max(16 / 9, w / h);
    const width = Math.round(1080 * aspect);
    const scale = Math.min(w / width, h / 1080);
    const style = this.box().style;
    const place = (x, y, s, suffix = "") => {
      style.setProperty(`--x${suffix}`, `${x}px`);
      style.setProperty(`--y${suffix}`, `${y}px`);
      style.setProperty(`--s${suffix}`, String(s));
      if (!suffix) this.part("wait").style.setProperty("--t", `translate(${x}px, ${y}px) scale(${s})`);
    };
    const upright = !speaker && h > w;
    style.setProperty("--w", `${width}px`);
    this.part("desk").classList.toggle("on", speaker);
    this.part("hint").classList.toggle("on", upright);
    if (speaker) {
      this.lay_desk(place, w, h);
    } else {
      const top = upright ? h * 0.12 : (h - 1080 * scale) / 2;
      place((w - width * scale) / 2, top, scale);
      if (upright) this.part("caption").textContent = `${this.number} / ${this.data.total} ${this.title(this.number)}`;
    }
    this.part("wait").style.setProperty("--w", `${width}px`);
  }

  lay_desk(place, w, h) {
    const gap = 16;
    const stacked = w < 900;
    const first = stacked ? w - 2 * gap : (w - 3 * gap) * 0.6;
    const second = stacked ? first * 0.6 : w - 3 * gap - first;
    const put = (name, x, y, width, height) => {
      Object.assign(this.part(name).style, {
        left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px`,
      });
    };
    const top = 40;
    const high = (first * 9) / 16;
    const right = stacked ? gap : 2 * gap + first;
    const below = stacked ? top + high + 36 : top;
    put("this", gap, 12, first, 26);
    put("then", right, below - 28, second, 26);
    put("box-now", gap, top, first, high);
    put("box-then", right, below, second, (second * 9) / 16);
    const time = below + (second * 9) / 16 + 12;
    put("time", right, time, stacked ? first : second, stacked ? 124 : 96);
    const notes = stacked ? time + 128 : top + high + 14;
    put("notes", gap, notes, stacked ? first : w - 2 * gap, Math.max(80, h - notes - gap));
    place(gap, top, first / 1920);
    place(right, below, second / 1920, "-then");
    const { notes: texts, words, total, titles } = this.data;
    const said = texts[this.number - 1] || words.no_notes;
    if (this.part("notes").textContent !== said) this.part("notes").textContent = said;
    this.part("this").textContent = `${words.now} ${this.number} / ${total} · ${this.title(this.number)}`;
    this.part("then").textContent = this.number < total
      ? `${words.then} ${this.number + 1} / ${total} · ${titles[this.number]}` : words.last;
  }

  tick() {
    if (this.data.role !== "speaker") return;
    const two = (value) => String(value).padStart(2, "0");
    const now = new Date();
    const gone = Math.floor((Date.now() - this.started) / 1000);
    this.part("clock").textContent = `${two(now.getHours())}:${two(now.getMinutes())}`;
    this.part("gone").textContent = `${two(Math.floor(gone / 60))}:${two(gone % 60)}`;
    this.part("clock-word").textContent = this.data.words.clock;
    this.part("gone-word").textContent = this.data.words.elapsed;
  }

  // -- Python -------------------------------------------------------------------------------------------------------

  // Ask for what is missing around the current slide; not at every key of a reader who runs through the deck.
  ask() {
    const around = [this.number, this.number + 1, this.number - 1].filter((n) => n >= 1 && n <= this.data.total);
    if (around.every((number) => this.ready(number))) {
      this.told = null;
      this.tries.clear();
      return;
    }
    if ((this.tries.get(this.number) ?? 0) >= 5) return;
    if (!this.whole || this.told === this.number || this.timers.tell) return;
    this.timers.tell = setTimeout(() => {
      this.timers.tell = null;
      if (this.lost || this.told === this.number) return;
      this.told = this.number;
      this.tries.set(this.number, (this.tries.get(this.number) ?? 0) + 1);
      this.tell("at", { number: this.number });
    }, 60);
  }

  hear() {
    const app = document.querySelector("[data-test-connection-state]");
    const connected = app?.getAttribute("data-test-connection-state") === "CONNECTED";
    // Before the page's run has ended nothing can be asked of it; after each run what is still missing is asked again.
    if (app?.getAttribute("data-test-script-state") === "notRunning") {
      this.whole = true;
      this.told = null;
      // A key may have come before the page wrote its own address over ours.
      if (this.box() && this.number) this.sign();
    }
    if (connected) {
      clearTimeout(this.timers.lost);
      if (this.lost) this.tries.clear();
      this.lost = false;
      this.part("off").classList.remove("on");
      this.ask();
    } else if (!this.lost) {
      this.lost = true;
      this.whole = false;
      this.timers.lost = setTimeout(() => this.part("off").classList.add("on"), 400);
    }
  }

  // -- the other tab ------------------------------------------------------------------------------------------------

  receive(message) {
    if (message.kind === "hello" && this.number) {
      this.channel.postMessage({ kind: "slide", number: this.number });
    } else if (message.kind === "slide") this.go(message.number, false);
    else if (message.kind === "black") this.darken(message.on, false);
  }

  darken(on, send) {
    this.black = on;
    this.part("black").classList.toggle("on", on && this.data.role === "stage");
    if (this.data.role === "speaker") this.say(on ? this.data.words.black : "");
    if (send) this.channel.postMessage({ kind: "black", on });
  }

  // -- keys ---------------------------------------------------------------------------------------------------------

  wants(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    return /^(Arrow(Left|Right|Up|Down)|Page(Up|Down)|Home|End|Enter|Escape|[ 0-9bBfFpP.])$/.test(event.key);
  }

  press(event) {
    if (!this.wants(event) || event.defaultPrevented) return;
    const here = event.composedPath()[0];
    const pressed = here?.tagName === "BUTTON" && (event.key === " " || event.key === "Enter");
    if (pressed && !this.typed) return;
    event.preventDefault();
    event.stopPropagation();
    const key = event.key;
    const step = { ArrowRight: 1, ArrowDown: 1, " ": event.shiftKey ? -1 : 1, PageDown: 1,
      ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }[key];
    if (/^[0-9]$/.test(key)) {
      this.typed = (this.typed + key).slice(-3);
      this.say(`→ ${this.typed}`);
      clearTimeout(this.timers.typed);
      this.timers.typed = setTimeout(() => { this.typed = ""; this.say(""); }, 4000);
      return;
    }
    const typed = Number(this.typed);
    this.typed = "";
    if (key !== "p" && key !== "P") this.say("");
    if (step) this.go(this.number + step, true);
    else if (key === "Home") this.go(1, true);
    else if (key === "End") this.go(this.data.total, true);
    else if (key === "Enter" && typed) this.go(typed, true);
    else if (key === "b" || key === "B" || key === ".") this.darken(!this.black, true);
    else if (key === "f" || key === "F") this.fill();
    else if (key === "p" || key === "P") this.pause();
    else if (key === "Escape") this.leave();
  }

  say(text) {
    this.part("said").textContent = text;
    this.part("said").classList.toggle("on", Boolean(text));
  }

  pause() {
    if (!this.data.auto) return;
    this.paused = !this.paused;
    this.say(this.paused ? this.data.words.paused : "");
    this.go(this.number, false);
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  leave() {
    if (document.fullscreenElement) document.exitFullscreen();
    if (!this.lost) this.tell("leave", true);
  }
}

export default function (component) {
  const root = component.parentElement;
  let frame = 0;
  // On the way in this piece may stand before its stage, on the way out after it.
  const start = () => {
    if (!document.querySelector(".st-key-stage") || !root.querySelector(".back")) {
      frame = requestAnimationFrame(start);
      return;
    }
    let stage = stages.get(root);
    if (stage) stage.update(component);
    else {
      stage = new Stage(root);
      stages.set(root, stage);
      stage.begin(component);
    }
  };
  start();
  return () => {
    cancelAnimationFrame(frame);
    stages.get(root)?.end();
    stages.delete(root);
  };
}
