"""The scripts of the analysis map's layers, each a macro that folium fills in and puts on the page.

`this.data` and each of `this.words` are JavaScript literals (maps.literal). Text reaches the page through `textContent`
only, and each layer is one loop over its data, so that four thousand dots are one script and not four thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OUTLINES: Final = """{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.layerGroup();
        {{ this.data }}.forEach(function (district) {
            var line = matchMedia("(prefers-color-scheme: dark)").matches ? "#8fa0cf" : "#5b6786";
            var name = document.createElement("span");
            name.textContent = district.name;
            L.geoJSON(district.shape, {style: {color: line, weight: 1.5, fill: true, fillOpacity: 0, dashArray: "5 5"}})
                .bindTooltip(name, {sticky: true}).addTo({{ this.get_name() }});
        });
    {% endmacro %}"""
"""District borders with their names."""

DOTS: Final = """{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.layerGroup();
        {{ this.data }}.forEach(function (row) {
            var ink = matchMedia("(prefers-color-scheme: dark)").matches ? "#c3cbe0" : "#414a63";
            var dot = L.circleMarker([row[0], row[1]], row.length > 2
                ? {radius: 5, color: ink, weight: 2, fill: true, fillOpacity: 0}
                : {radius: 2, color: ink, weight: 1, fill: true, fillOpacity: 0.7, interactive: false});
            if (row[2]) { var name = document.createElement("span"); name.textContent = row[2]; dot.bindTooltip(name); }
            dot.addTo({{ this.get_name() }});
        });
    {% endmacro %}"""
"""Small dots (reports) or rings with a name (lamps that do not shine): rows of lat, lon and perhaps a name."""

HEAT: Final = """{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.layerGroup();
        function heat(query) {
            fetch({{ this.data }} + "?" + query, {credentials: "same-origin"}).then(function (answer) { return answer.json(); }).then(function (found) {
                var dark = matchMedia("(prefers-color-scheme: dark)").matches, most = found.cells.length ? found.cells[0][2] : 1;
                {{ this.get_name() }}.clearLayers();
                found.cells.forEach(function (cell) {
                    var share = Math.sqrt(cell[2] / most);
                    L.circleMarker([cell[0], cell[1]], {radius: 3 + 13 * share, stroke: false, fill: true, interactive: false,
                        fillColor: dark ? "#ffd166" : "#b45309", fillOpacity: 0.12 + 0.4 * share}).addTo({{ this.get_name() }});
                });
                parent.postMessage({reports: found.reports}, location.origin);
            });
        }
        addEventListener("message", function (event) {
            if (event.origin === location.origin && typeof event.data.heat === "string") { heat(event.data.heat); }
        });
        heat("");
    {% endmacro %}"""
"""Where reports gather, as discs that grow with their number; asked for when the span of time changes."""

PEN: Final = """{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.layerGroup();
        {{ this._parent.get_name() }}.on("click", function (event) {
            parent.postMessage({corner: [event.latlng.lat, event.latlng.lng]}, location.origin);
        });
        addEventListener("message", function (event) {
            if (event.origin !== location.origin || !Array.isArray(event.data.outline)) { return; }
            {{ this._parent.get_name() }}.getPane("tooltipPane").style.display = event.data.drawing ? "none" : "";
            {{ this.get_name() }}.clearLayers();
            var style = {color: "#b45309", weight: 3, dashArray: "6 4", interactive: false};
            event.data.outline.forEach(function (at) { L.circleMarker(at, {radius: 4, color: "#b45309", interactive: false}).addTo({{ this.get_name() }}); });
            if (event.data.outline.length > 1) { (event.data.area ? L.polygon : L.polyline)(event.data.outline, style).addTo({{ this.get_name() }}); }
        });
    {% endmacro %}"""
"""Corners that somebody taps, told to the page around the map, which keeps them and sends the outline back."""

SPOTS: Final = """{% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.featureGroup();
        (function (layer, map, spots, words) {
            var marks = {}, asked = {}, side = 46, rank = {A: 2, B: 1, C: 0}, gathers = spots.length > 80;
            var dark = matchMedia("(prefers-color-scheme: dark)").matches;
            function shape(spot) {
                if (!spot.shape) { return; }
                var style = {color: dark ? "#ffd166" : "#0b1430", weight: {A: 3, B: 2, C: 1.5}[spot.label] || 1.5,
                             fillColor: "#ffd166", fillOpacity: 0.3, interactive: false};
                L.geoJSON(spot.shape, {style: style, pointToLayer: function (f, at) { return L.circleMarker(at, style); }}).addTo(layer);
            }
            function put(element, lat, lon, label, of) {
                of.forEach(function (spot) { marks[spot.id] = element; });
                L.marker([lat, lon], {icon: L.divIcon({html: element, className: "badge", iconSize: [28, 28]}), keyboard: false,
                                      zIndexOffset: {A: 200, B: 100}[label] || 0}).addTo(layer);
            }
            function single(spot) {
                var link = document.createElement("a");
                link.className = "spot " + spot.label;
                link.href = spot.address;
                link.target = "_top";
                link.textContent = spot.label;
                link.title = spot.name;
                link.setAttribute("aria-label", words.band + " " + spot.label + ": " + spot.name);
                link.addEventListener("pointerenter", function () { parent.postMessage({chosen: spot.id}, location.origin); });
                link.addEventListener("focus", function () { parent.postMessage({chosen: spot.id}, location.origin); });
                put(link, spot.lat, spot.lon, spot.label, [spot]);
            }
            function several(of) {
                function middle(name) { return of.reduce(function (sum, spot) { return sum + spot[name]; }, 0) / of.length; }
                var first = of[0], button = document.createElement("button"), many = document.createElement("span");
                button.type = "button";
                button.className = "spot many " + first.label;
                many.textContent = of.length;
                button.append(first.label, many);
                button.title = words.many.replace("{n}", of.length).replace("{band}", first.label);
                button.setAttribute("aria-label", button.title);
                button.addEventListener("click", function () {
                    map.fitBounds(of.map(function (spot) { return [spot.lat, spot.lon]; }), {maxZoom: 17, padding: [40, 40]});
                });
                put(button, middle("lat"), middle("lon"), first.label, of);
            }
            function place() {
                var zoom = map.getZoom(), view = map.getBounds().pad(0.2), cells = {}, near = zoom >= 17;
                layer.clearLayers();
                marks = {};
                spots.forEach(function (spot) {
                    if (gathers && !view.contains([spot.lat, spot.lon])) { return; }
                    var at = map.project([spot.lat, spot.lon], zoom);
                    var key = gathers && !near ? Math.floor(at.x / side) + " " + Math.floor(at.y / side) : spot.id;
                    (cells[key] = cells[key] || []).push(spot);
                });
                Object.values(cells).forEach(function (of) {
                    of.sort(function (a, b) { return rank[b.label] - rank[a.label]; });
                    if (of.length > 1) { several(of); } else { single(of[0]); }
                    of.forEach(function (spot) { if (!gathers || zoom >= 15) { shape(spot); } });
                });
                if (gathers && zoom >= 15) { ask(view, cells); }
            }
            function ask(view, cells) {
                var lacks = Object.values(cells).flat().filter(function (spot) { return spot.shape === null && !asked[spot.id]; });
                if (!lacks.length) { return; }
                lacks.forEach(function (spot) { asked[spot.id] = true; });
                fetch(words.shapes + (words.shapes.indexOf("?") < 0 ? "?" : "&") + "box=" + view.toBBoxString(), {credentials: "same-origin"})
                    .then(function (answer) { return answer.json(); }).then(function (found) {
                        lacks.forEach(function (spot) { spot.shape = found[spot.id] || null; shape(spot); });
                    });
            }
            place();
            if (gathers) { map.on("moveend", place); }
            L.control.zoom({zoomInTitle: words.closer, zoomOutTitle: words.further}).addTo(map);
            addEventListener("message", function (event) {
                if (event.origin !== location.origin || !marks[event.data.spot]) { return; }
                Object.values(marks).forEach(function (link) { link.classList.remove("chosen"); });
                marks[event.data.spot].classList.add("chosen");
            });
        })({{ this.get_name() }}, {{ this._parent.get_name() }}, {{ this.data }},
           {band: {{ this.words.band }}, many: {{ this.words.many }}, closer: {{ this.words.closer }}, further: {{ this.words.further }}, shapes: {{ this.words.shapes }}});
    {% endmacro %}"""
"""Dark spots: the place's shape, and its band as a letter that leads to the spot's page.

Many of them are gathered while the map is far away: what would lie on top of each other is one mark with a number and
the highest letter, and only what is in view is drawn. Shapes that did not come along are asked for from near.
"""

SCRIPTS: Final[Mapping[str, str]] = {"Outlines": OUTLINES, "Dots": DOTS, "Heat": HEAT, "Pen": PEN, "Spots": SPOTS}
