// Without this script all is there, but for a button at each fix that copies it, and that a browser loads the page of a scan that goes
// on again every few seconds.
"use strict";
for (const lines of document.querySelectorAll("pre.lines")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const copied = await copy(lines);
    for (const b of document.querySelectorAll("button.copy")) b.textContent = "Copy";
    button.textContent = copied ? "Copied" : "Select and copy it by hand";
  });
  lines.before(button);
}

// copy puts the text of an element on the clipboard. Pages without HTTPS may not, and select it instead.
async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}

// A page of a scan that goes on shows each step as it comes, and becomes the report at the end.
const table = document.querySelector("table[data-events]");
if (table && window.EventSource) {
  const source = new EventSource(table.dataset.events);
  source.addEventListener("step", (event) => show(JSON.parse(event.data)));
  source.addEventListener("over", () => { source.close(); location.reload(); });
  source.addEventListener("error", () => { // else the browser itself tries again
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
  });
}

// The page of a campaign that goes on shows its numbers as they change.
const campaign = document.querySelector("[data-campaign]");
if (campaign && window.EventSource) {
  const source = new EventSource(campaign.dataset.campaign);
  source.addEventListener("progress", (event) => {
    const now = JSON.parse(event.data);
    if (now.state !== campaign.dataset.state) return location.reload();
    document.getElementById("numbers").textContent = now.text;
    document.getElementById("part").value = now.names ? Math.floor(100 * now.finished / now.names) : 0;
  });
  source.addEventListener("over", () => { source.close(); location.reload(); });
}

function show(step) {
  const body = table.tBodies[0];
  let row = [...body.rows].find((r) => r.dataset.server === step.server);
  if (!row) {
    row = body.insertRow();
    row.dataset.server = step.server;
    const head = document.createElement("th");
    head.scope = "row";
    row.append(head);
    row.insertCell();
    row.insertCell().className = "number";
  }
  row.className = step.done ? "done" : "";
  row.cells[0].textContent = step.server;
  row.cells[1].textContent = step.text;
  row.cells[2].textContent = step.connections || "";
  const sum = [...body.rows].reduce((n, r) => n + Number(r.cells[2].textContent), 0);
  document.getElementById("state").textContent = `Being tested: ${sum} connections so far`;
}
