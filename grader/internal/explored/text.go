package explored

// Picture is the interleaving of a finding as plain text, so many columns wide;
// empty if there is nothing to draw.
func Picture(t Test, columns int) string {
	pic, ok := pictureOf(bounded(t))
	if !ok {
		return ""
	}
	return pic.caption() + "\n\n" + joined(pic.lines(columns))
}
