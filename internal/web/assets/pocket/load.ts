// Answers are read as documents by XMLHttpRequest: no text ever becomes markup here, so Trusted Types hold.

export function load(method: "GET" | "POST", url: string, body?: FormData | URLSearchParams): Promise<Document> {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest();
    x.open(method, url);
    x.responseType = "document";
    x.setRequestHeader("Accept", "text/html");
    x.onload = () => (x.responseXML ? resolve(x.responseXML) : reject(new Error(String(x.status))));
    x.onerror = () => reject(new Error("offline"));
    x.send(body ?? null);
  });
}

// replace puts the part of another document in the place of the one with the same id.
export function replace(id: string, from: Document): void {
  const here = document.getElementById(id);
  const there = from.getElementById(id);
  if (here && there && !here.contains(document.activeElement)) here.replaceWith(document.adoptNode(there));
}
