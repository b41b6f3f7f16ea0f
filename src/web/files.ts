/** The field that keeps the name of an uploaded file for the page: `lines.0.file` → `lines.0._fileName`. */
export const besideOf = (field: string): string => field.replace(/[^.]+$/, (last) => `_${last}Name`);
