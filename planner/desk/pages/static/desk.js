// What the desk does where script runs; every page can be read and used without it, but for what moves by itself.
"use strict";

// How far a job is: the server says so whenever it changes.
function watch(box, job, whenDone) {
  const bar = box.querySelector("progress"), count = box.querySelector(".count");
  const events = new EventSource(`/jobs/${job}/events`);
  box.hidden = false;
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) box.querySelector(".state-of-job").textContent = "Reload this page to see how far it is.";
  };
  events.onmessage = (event) => {
    const state = JSON.parse(event.data);
    box.querySelector(".state-of-job").textContent = state.words;
    if (state.levels) {
      bar.max = state.levels;
      bar.value = state.done;
      count.textContent = `${state.done} of ${state.levels}`;
    }
    if (state.state === "done" || state.state === "failed") {
      events.close();
      box.hidden = state.state === "done";
      whenDone();
    }
  };
}
for (const box of document.querySelectorAll("main > .job[data-state=waiting], main > .job[data-state=running]")) {
  watch(box, box.dataset.job, () => location.reload());
}

// A workbook may be dropped anywhere on the page of its form.
for (const form of document.querySelectorAll("form.drop")) {
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    form.querySelector("input[type=file]").files = event.dataTransfer.files;
    form.querySelector("button").focus();
  });
}

// A budget is slid: what is proved comes at once; when the slider is let go the exact plan is asked for, unless small inputs
// are solved as they are slid.
for (const slide of document.querySelectorAll(".slide")) {
  const range = slide.querySelector("input[type=range]"), output = slide.querySelector("output");
  const body = slide.querySelector(".aims tbody"), ask = slide.querySelector("form.ask");
  const sure = { exact: "solved", proved: "proved bounds", estimate: "estimate only", unknown: "not known here" };
  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    const answer = await fetch(`${slide.dataset.bounds}&factor=${range.value}`, { headers: { Accept: "application/json" } });
    const reply = await answer.json();
    if (mine !== asked || !answer.ok) return;
    output.textContent = `× ${reply.factor.toFixed(2)} = ${reply.no_plan ? `${reply.amount}: with so small a budget there is no plan` : reply.amount}`;
    body.replaceChildren(...reply.aims.map((aim) => {
      const row = document.createElement("tr"), name = document.createElement("th");
      row.className = aim.kind;
      name.scope = "row";
      name.textContent = aim.aim;
      row.append(name);
      for (const text of [aim.words, sure[aim.kind]]) row.insertCell().textContent = text;
      return row;
    }));
    slide.dataset.shown = reply.factor;
    const link = slide.querySelector(".exact-run");
    link.replaceChildren();
    if (reply.run) {
      const to = document.createElement("a");
      to.href = `/runs/${reply.run}`;
      to.textContent = `The plan with × ${reply.factor.toFixed(2)}: run ${reply.run}`;
      link.append(to);
    }
    ask.action = `${slide.dataset.address}&factor=${reply.factor.toFixed(2)}`;
    history.replaceState(null, "", ask.action);
  };
  range.addEventListener("input", show);
  range.addEventListener("change", async () => {
    if (slide.dataset.small === "yes" || !body.rows.length) return;
    const answer = await fetch(`${slide.dataset.address}&factor=${range.value}`, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ token: slide.dataset.token, kind: "budget" }),
    });
    if (answer.ok) watch(slide.querySelector(".job"), (await answer.json()).job, show);
  });
  if (slide.dataset.job) watch(slide.querySelector(".job"), slide.dataset.job, body.rows.length ? show : () => location.reload());
}

// The map plays the months, one picture after the other; a click on a point leads to what goes through it.
for (const map of document.querySelectorAll(".live-map")) {
  const months = JSON.parse(map.dataset.months), names = JSON.parse(map.dataset.names);
  const picture = map.querySelector(".picture-of-map"), bar = map.querySelector(".play");
  const range = bar.querySelector("input"), output = bar.querySelector("output"), button = bar.querySelector("button");
  let playing = false;
  const show = async (place) => {
    const month = place ? months[place - 1] : "", and = map.dataset.map.includes("?") ? "&" : "?";
    const answer = await fetch(map.dataset.map + (month ? `${and}from=${month}&to=${month}` : ""));
    if (!answer.ok) return;
    picture.innerHTML = await answer.text();
    range.value = place;
    output.textContent = month || "all months";
  };
  bar.hidden = false;
  range.addEventListener("change", () => show(Number(range.value)));
  button.addEventListener("click", async () => {
    playing = !playing;
    button.textContent = playing ? "Stop" : "Play the months";
    for (let place = Number(range.value) % months.length + 1; playing && place <= months.length; place++) {
      await Promise.all([show(place), new Promise((resolve) => setTimeout(resolve, 700))]);
    }
    playing = false;
    button.textContent = "Play the months";
  });
  picture.addEventListener("click", (event) => {
    const mark = event.target.closest("svg *"), title = mark?.dataset.tells ?? mark?.querySelector(":scope > title")?.textContent ?? "";
    const name = names.filter((one) => title.startsWith(`${one} (`) || title.startsWith(`${one}, `)).sort((a, b) => b.length - a.length)[0];
    if (name) location.href = map.dataset.points + encodeURIComponent(name);
  });
}
