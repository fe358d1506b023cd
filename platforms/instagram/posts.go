package instagram

import (
	"context"

	"parley/inbox"
)

// postsPage is how many posts one page has: the default of the API.
const postsPage = 25

func (p *provider) Posts(ctx context.Context, cursor string) (inbox.PostPage, error) {
	const op = "list posts"
	o, _, err := p.api.posts(ctx, op, cursor)
	if err != nil {
		return inbox.PostPage{}, err
	}
	rows := o.Data("data")
	page := inbox.PostPage{Cursor: nextCursor(o, len(rows) >= postsPage)}
	for _, row := range rows {
		if post := postOf(row); post.ID != "" {
			page.Posts = append(page.Posts, post)
		}
	}
	return page, nil
}
