export type BagErrorCode =
  /** A path or folder name outside the rules of docs/evidence-package.md §3. */
  | 'bag_path_refused'
  /** The same path twice, or one name for a file and a folder. */
  | 'bag_path_twice'
  /** A call while another file is being written, or after the end. */
  | 'bag_misused'
  /** A source that has more or fewer bytes than were announced, or 4 GiB and more without an announcement. */
  | 'bag_size_unexpected'
  /** A line of a JSON-lines file that holds a line end. */
  | 'bag_line_broken'
  /** The receiver closed before the bag was whole. */
  | 'bag_output_closed';

/** Why a bag could not be written; what was written of it is destroyed. The message is for people. */
export class BagError extends Error {
  override readonly name = 'BagError';
  constructor(
    readonly code: BagErrorCode,
    message: string,
  ) {
    super(message);
  }
}
