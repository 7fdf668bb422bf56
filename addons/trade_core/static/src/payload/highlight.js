/** Splits a line of a payload into coloured pieces. Nothing is ever added, dropped or changed. */

const PATTERNS = {
    json: [
        ["key", /"(?:[^"\\]|\\.)*"(?=\s*:)/],
        ["text", /"(?:[^"\\]|\\.)*"/],
        ["number", /-?\d[\d.eE+-]*|\b(?:true|false|null)\b/],
        ["mark", /[{}[\],:]/],
    ],
    xml: [
        ["note", /<!--.*?(?:-->|$)|<\?.*?\?>/],
        ["key", /<\/?[\w:.-]+|\/?>/],
        ["name", /\s[\w:.-]+(?==)/],
        ["text", /"[^"]*"|'[^']*'/],
    ],
    segments: [
        ["key", /^\s*[A-Z][A-Z0-9]{1,2}(?=[+*:'~|^]|$)/],
        ["mark", /[+*:'~|^]/],
    ],
};
PATTERNS.edifact = PATTERNS.x12 = PATTERNS.segments;

const COMPILED = Object.fromEntries(
    Object.entries(PATTERNS).map(([syntax, patterns]) => [
        syntax,
        new RegExp(patterns.map(([, pattern]) => `(${pattern.source})`).join("|"), "g"),
    ])
);

/**
 * @param {string} line
 * @param {string} syntax "json", "xml", "edifact", "x12"; anything else is left in one piece
 * @returns {{kind: string, text: string}[]}
 */
export function highlight(line, syntax) {
    const pattern = COMPILED[syntax];
    if (!pattern) {
        return [{ kind: "", text: line }];
    }
    const pieces = [];
    let end = 0;
    for (const match of line.matchAll(pattern)) {
        if (match.index > end) {
            pieces.push({ kind: "", text: line.slice(end, match.index) });
        }
        const kind = PATTERNS[syntax][match.slice(1).findIndex((group) => group !== undefined)][0];
        pieces.push({ kind, text: match[0] });
        end = match.index + match[0].length;
    }
    if (end < line.length) {
        pieces.push({ kind: "", text: line.slice(end) });
    }
    return pieces;
}
