// Shows the rows of all scenarios, one below the other.
const { scenarios } = JSON.parse(document.getElementById("data").textContent);
for (const { id, rows } of scenarios) {
  rows.forEach((row, index) => {
    const line = document.createElement("p");
    line.id = `${id}/${index + 1}`;
    line.textContent = row.packet === undefined ? row.text : row.packet.head;
    document.getElementById("rows").append(line);
  });
}
