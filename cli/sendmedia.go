package cli

// What parley send sends beside its text: addresses as they are, and files of the
// caller's machine, which are uploaded first.

import (
	"context"
	"slices"
	"strings"

	"parley/inbox"
)

// isAddressOfWeb tells an address from the path of a file.
func isAddressOfWeb(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && !strings.EqualFold(scheme, "file")
}

func isFileURL(text string) bool {
	_, ok := inbox.FilePath(text)
	return ok
}

func hasFiles(media []string) bool {
	return slices.ContainsFunc(media, func(text string) bool { return !isAddressOfWeb(text) })
}

// namedMedia names each file by its URL, as a draft does.
func (a *app) namedMedia(media []string) []string {
	named := slices.Clone(media)
	for i, text := range named {
		if !isFileURL(text) && !isAddressOfWeb(text) {
			named[i] = inbox.FileURL(a.path(text))
		}
	}
	return named
}

// uploadAndSend puts the message into the outbox when all of its files have addresses.
func (s *session) uploadAndSend(ctx context.Context, c inbox.Conversation, r inbox.SendRequest) ([]inbox.OutboxItem, error) {
	if slices.ContainsFunc(r.Media, isFileURL) {
		if err := s.MaySend(c, r); err != nil {
			return nil, err
		}
		if err := s.uploadMedia(ctx, &r.Composition, r.Split); err != nil {
			return nil, err
		}
	}
	return s.Send(ctx, r)
}

// uploadMedia gives each file an address. What would be refused anyway is found
// before anything is uploaded.
func (s *session) uploadMedia(ctx context.Context, what *inbox.Composition, split bool) error {
	if most := s.Capabilities(what.Conversation).MaxMedia; len(what.Media) > most {
		return inbox.Errorf(inbox.Rejected, "%s takes at most %d media per message, these are %d", what.Conversation.Platform().Label(), most, len(what.Media))
	}
	for _, p := range s.Check(*what) {
		if p.Part < 0 && !(p.Splittable && split) || p.Part >= 0 && !isFileURL(what.Media[p.Part]) {
			return p.Error
		}
	}
	for _, link := range what.Media {
		if path, isFile := inbox.FilePath(link); isFile {
			if err := s.checkFile(what.Conversation, path); err != nil {
				return err
			}
		}
	}
	for i, link := range what.Media {
		path, isFile := inbox.FilePath(link)
		if !isFile {
			continue
		}
		address, err := s.Upload(ctx, what.Conversation, path)
		if err != nil {
			return err
		}
		what.Media[i] = address
	}
	return nil
}

// checkFile tells why a file cannot be sent to the customer.
func (s *session) checkFile(id inbox.ConversationID, path string) error {
	f, err := s.LookAtFile(path)
	if err != nil {
		return err
	}
	if refused := s.CheckFile(id, f); refused != nil {
		return refused
	}
	return nil
}
