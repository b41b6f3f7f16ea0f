/** The field that keeps the name of an uploaded file for the page: `lines.0.file` → `lines.0._fileName`. */
export const besideOf = (field: string): string => field.replace(/[^.]+$/, (last) => `_${last}Name`);

/** The field in which a small file that is the whole content of an action goes along for the next one, in Base64. */
export const keptAs = (field: string): string => `_${field}Kept`;
/** Larger ones have to be chosen again. */
export const MAX_KEPT_BYTES = 200 * 1024;
