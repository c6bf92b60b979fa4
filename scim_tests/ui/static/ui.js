"use strict";

const GONE = "scim-tests does not answer. Is it still open in the terminal?";
const SILENT = "scim-tests does not answer";
const AGAIN = "If it was closed, start `scim-tests ui` again: Earlier runs shows this run, and whom it left.";
const ENDED = "The run ended with scim-tests";
const SHOWN = "Start `scim-tests ui` again: Earlier runs shows its report, and whom it left.";

// What was changed in a form and not sent is asked about before it is lost.
let changed = false;
addEventListener("input", ({ target }) => (changed ||= target.form?.getAttribute("method") === "post"));
addEventListener("submit", () => (changed = false));
addEventListener("beforeunload", (event) => changed && event.preventDefault());

// A file that is dropped or chosen is sent as it is; the answer says where its result is, or why there is none.
for (const form of document.querySelectorAll("form.drop")) {
  const told = form.querySelector(".told");
  const send = async (file) => {
    told.className = "told";
    told.textContent = `${file.name} is being read …`;
    const refused = (said) => {
      told.className = "told trouble fail";
      told.textContent = said;
    };
    if (file.size > form.dataset.most * 1024 * 1024) return refused(`The file is longer than ${form.dataset.most} MB.`);
    try {
      const said = new URLSearchParams({ name: file.name, profile: form.elements.profile.value });
      const place = `${form.dataset.send}?${said}`;
      const answer = await fetch(place, { method: "POST", body: file });
      const came = await answer.text();
      if (!answer.ok) refused(came);
      if (answer.status === 409) told.insertAdjacentHTML("beforeend", `<br><a href="${form.dataset.busy}">Look at it</a>`);
      if (!answer.ok) return;
      location.href = came;
    } catch {
      refused(GONE);
    }
  };
  const over = (event, yes) => {
    event.preventDefault();
    form.classList.toggle("over", yes);
  };
  form.addEventListener("dragover", (event) => over(event, true));
  form.addEventListener("dragleave", (event) => over(event, false));
  form.addEventListener("drop", (event) => {
    over(event, false);
    if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
  form.elements.recording.addEventListener("change", ({ target }) => target.files.length && send(target.files[0]));
  form.addEventListener("submit", (event) => event.preventDefault());
}

// A run as it goes: each event brings the parts that are new, written and escaped by the server.
const live = document.querySelector("[data-live]");
if (live) {
  const source = new EventSource(live.dataset.live);
  const gone = (said, next) => {
    source.close(); // whoever listens there next is somebody else
    document.querySelector("h1").textContent = said;
    document.getElementById("progress").textContent = next;
    for (const each of document.querySelectorAll(".lead, .stop")) each.remove();
  };
  source.addEventListener("error", () => gone(SILENT, AGAIN));
  source.addEventListener("more", (event) => show(JSON.parse(event.data)));
  source.addEventListener("gone", () => gone(ENDED, SHOWN));
  source.addEventListener("over", () => {
    source.close();
    location.replace(live.dataset.result);
  });
}

function show(news) {
  document.getElementById("progress").innerHTML = news.progress;
  if (news.failed !== null) document.getElementById("failed").innerHTML = news.failed;
  if (news.not_asked !== null) document.getElementById("not-asked").innerHTML = news.not_asked;
  for (const each of news.scenes) {
    if (each.kind === "not asked") {
      document.getElementById(each.id)?.remove();
      continue;
    }
    const scene = document.getElementById(each.id) || newScene(each.id);
    if (each.open && !scene.classList.contains("shows")) scene.open = true;
    scene.className = `scene ${each.kind.replaceAll(" ", "-")}${each.open ? " shows" : ""}`;
    scene.querySelector("summary").innerHTML = each.head;
    scene.querySelector("ol").insertAdjacentHTML("beforeend", each.more);
  }
}

function newScene(id) {
  const scene = document.createElement("details");
  scene.id = id;
  scene.innerHTML = '<summary></summary><ol class="told-calls"></ol>';
  document.getElementById("scenes").append(scene);
  return scene;
}
