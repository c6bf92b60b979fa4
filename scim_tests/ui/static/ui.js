"use strict";

// A run as it goes: each event brings the parts that are new, written and escaped by the server.
const live = document.querySelector("[data-live]");
if (live) {
  const source = new EventSource(live.dataset.live);
  source.addEventListener("more", (event) => show(JSON.parse(event.data)));
  source.addEventListener("over", () => {
    source.close();
    location.replace(live.dataset.result);
  });
}

function show(news) {
  document.getElementById("progress").innerHTML = news.progress;
  if (news.failed !== null) document.getElementById("failed").innerHTML = news.failed;
  for (const each of news.scenes) {
    const scene = document.getElementById(each.id) || newScene(each.id);
    if (each.kind === "fail" && !scene.classList.contains("fail")) scene.open = true;
    scene.className = `scene ${each.kind.replaceAll(" ", "-")}`;
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
