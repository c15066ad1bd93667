package attack

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const innocent = `<!doctype html><style>a<b</style><p class="x" data-step="1">a &lt;b</p><a href="#a">x</a><script>a<b</script>`

func TestHTMLKnowsWhatTemplatesWrite(t *testing.T) {
	assert.Empty(t, HTML(innocent))
	for _, bad := range []string{"<b onclick=\"x\">", "<img>", "<b", "a<b c='", "<script>", "<a href=\"javascript:x\">", "<a href=\"http://x.example\">", "<p style=\"x\">"} {
		assert.NotEmpty(t, HTML(innocent+bad), bad)
	}
}
