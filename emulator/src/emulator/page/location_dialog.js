// @ts-check

import * as api from "./api.js";
import { field, openForm } from "./dialogs.js";

const GREENWICH = { latitude: 51.4769, longitude: -0.0005 };

/** Nobody's real place leaves the browser: the person says where they are. @param {import("./types").View} view */
export function openLocationDialog(view) {
  const latitude = field("Latitude", {
    type: "number",
    required: true,
    step: "any",
    min: -90,
    max: 90,
    value: GREENWICH.latitude,
    autofocus: true,
  });
  const longitude = field("Longitude", {
    type: "number",
    required: true,
    step: "any",
    min: -180,
    max: 180,
    value: GREENWICH.longitude,
  });
  const share = () => api.shareLocation(view, latitude.input.valueAsNumber, longitude.input.valueAsNumber);
  openForm("Share a location", [latitude.node, longitude.node], "Share", share);
}
