package harmless

import (
	"fmt"
	"regexp"
	"strings"
)

// GitHub makes links of names, numbers and addresses when it has read the
// markup, so that an escape alone does not keep it from that; a space without
// width does.
const apart = "&#8203;"

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", `\|`, "[", `\[`, "]", `\]`,
	"`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`, "!", `\!`, `\`, `\\`, "::", "&#58;&#58;",
	"#", "&#35;"+apart, "$", "&#36;"+apart, "@", "&#64;"+apart, "://", ":"+apart+"//", "www.", "www"+apart+".")

// blockStart is what makes a list, a rule or a heading of a line.
var blockStart = regexp.MustCompile(`^(\d*)([-+=.)])`)

// Inline makes a line of Markdown that reads as text does: no markup, no HTML,
// no link, no mention of a user, no end of a table's cell.
func Inline(text string) string {
	text = markup.Replace(Line(strings.Join(strings.Fields(text), " ")))
	return blockStart.ReplaceAllString(text, `${1}\${2}`)
}

// Code makes a span of code, or nothing of no code. Within a table it is not safe.
func Code(line string) string {
	if line == "" {
		return ""
	}
	fence, pad := "`", ""
	for strings.Contains(line, fence) {
		fence, pad = fence+"`", " "
	}
	return fence + pad + Line(line) + pad + fence
}

// Fenced puts text into a block of code that the text cannot close.
func Fenced(kind, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fmt.Sprintf("%s%s\n%s\n%s\n", fence, kind, strings.TrimRight(Text(text), "\n"), fence)
}
