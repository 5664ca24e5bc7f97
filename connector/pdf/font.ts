// The Chinese font that documents are printed with: Noto Sans Hans, of which a PDF embeds the glyphs that it uses.

import path from 'node:path'

/** The file of the regular weight. The package exports its code only, so that the fonts are found beside it. */
export function chineseFontPath(): string {
  return path.join(path.dirname(require.resolve('@embedpdf/fonts-sc')), '..', 'fonts', 'NotoSansHans-Regular.otf')
}
