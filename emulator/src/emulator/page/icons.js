// @ts-check
/** Line icons on a 24 × 24 grid. They are decoration: the control that shows one carries the name. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  attach:
    "M20 11.500l-8.200 8.200a5 5 0 0 1-7-7L13 4.500a3.300 3.300 0 0 1 4.700 4.700l-8.300 8.200a1.700 1.700 0 0 1-2.400-2.400l7.600-7.500",
  back: "M15 5l-7 7 7 7",
  beside: "M4 5h16v14H4zM12 5v14M15 12h3M16.500 10.500v3",
  block: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.700 5.700l12.600 12.600",
  bolt: "M13 3L5 13.500h6L10 21l9-11.500h-6.500z",
  close: "M6 6l12 12M18 6L6 18",
  contact: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20a7.500 7.500 0 0 1 15 0",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.500 9.500a2.500 2.500 0 1 1 3.700 2.200c-.8.500-1.200 1-1.200 1.800M12 16.600v.1",
  keyboard: "M3 7h18v10H3zM7 10.500h.1M10.400 10.500h.1M13.700 10.500h.1M17 10.500h.1M8 14h8",
  link: "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
  location:
    "M12 21s7-6.200 7-11.500a7 7 0 0 0-14 0C5 14.800 12 21 12 21zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  money: "M3 6h18v12H3zM3 10h18M7 14.500h4",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  more: "M12 5.500v.1M12 12v.1M12 18.500v.1",
  person_add: "M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20a7 7 0 0 1 14 0M19 8v6M16 11h6",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 9.500h.1",
  reply: "M10 7L4 12l6 5v-3.500c5 0 8 1.500 10 4.500-.5-5-3.500-8.500-10-8.500z",
  send: "M4 12l16-7.500-5 15-3.500-6zM11.500 13.500L20 4.500",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7.500h6.800M12 12h9M12 16.500h6.800",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
