// What the desk does where script runs; every page can be read and used without it, but for what moves by itself.
"use strict";

// How far a job is: the server says so whenever it changes; when the job is over, the page is shown anew.
for (const box of document.querySelectorAll(".job[data-state=waiting], .job[data-state=running]")) {
  const bar = box.querySelector("progress"), count = box.querySelector(".count");
  const events = new EventSource(`/jobs/${box.dataset.job}/events`);
  events.onmessage = (event) => {
    const told = JSON.parse(event.data);
    box.querySelector(".state-of-job").textContent = told.words;
    if (told.levels) {
      bar.max = told.levels;
      bar.value = told.done;
      count.textContent = `${told.done} of ${told.levels}`;
    }
    if (told.state === "done" || told.state === "failed") {
      events.close();
      location.reload();
    }
  };
}

// A workbook may be dropped anywhere on its form.
for (const form of document.querySelectorAll("form.drop")) {
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.querySelector("input[type=file]").files = event.dataTransfer.files;
  });
}
