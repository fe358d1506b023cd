package inbox

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Files of this machine as attachments. No platform takes one with a message: each
// fetches media from a public address by itself. So a file is uploaded first, and
// what is sent is the address that it has then. Until it has one, the draft names
// it by a file URL, so that a crash loses no attachment.

// LocalFile is a file of this machine.
type LocalFile struct {
	Path  string // absolute
	Bytes int64
}

// Name is the file's name without its folder.
func (f LocalFile) Name() string { return filepath.Base(f.Path) }

// URL names the file in a draft.
func (f LocalFile) URL() string { return FileURL(f.Path) }

// FileURL is the file URL of a path.
func FileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// FilePath is the path in a file URL of this machine; ok is false for any other
// address.
func FilePath(raw string) (path string, ok bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || u.Path == "" {
		return "", false
	}
	path = filepath.FromSlash(u.Path)
	if filepath.VolumeName(path[1:]) != "" {
		path = path[1:] // a drive
	}
	return path, true
}

// Files are the files of this machine. They are looked at in platforms/upload.
type Files interface {
	// Look tells how large a file is. The errors are *Error: NotFound when there is
	// none, Rejected when it is no ordinary file.
	Look(path string) (LocalFile, error)
}

// Uploader gives a file a public address that platforms can fetch it from. It is
// implemented by the command of the config, and by each [Provider] whose API has
// such a call. The errors are *Error.
type Uploader interface {
	Upload(ctx context.Context, f LocalFile) (link string, err error)
}

const (
	// uploadPatience bounds an upload.
	uploadPatience = time.Minute
	// uploadsAtOnce is how many are under way; the others wait.
	uploadsAtOnce = 2
)

// CanUpload tells whether files can be sent to the conversation's customer.
func (in *Inbox) CanUpload(id ConversationID) Ability {
	switch platform := id.Platform(); {
	case in.Capabilities(id).MaxMedia == 0:
		return Cannot(platform.Label() + " takes no attachments through this provider")
	case in.opts.Files == nil || in.uploader(id) == nil:
		return Cannot("set upload_command in [media] of the config: " + platform.Label() + " fetches from public https addresses only")
	}
	return Can()
}

// uploader is the config's command, else the provider where that can.
func (in *Inbox) uploader(id ConversationID) Uploader {
	if in.opts.Uploader != nil {
		return in.opts.Uploader
	}
	if a := in.accounts[id.Account()]; a != nil {
		if u, ok := a.Provider.(Uploader); ok {
			return u
		}
	}
	return nil
}

// LookAtFile tells what a file is. It waits for the disk.
func (in *Inbox) LookAtFile(path string) (LocalFile, error) {
	if in.opts.Files == nil {
		return LocalFile{}, &Error{Kind: Unsupported, Op: "attach", Text: "files of this machine cannot be attached here"}
	}
	return in.opts.Files.Look(path)
}

// CheckFile tells what the platform would refuse of a file. It costs no I/O.
func (in *Inbox) CheckFile(id ConversationID, f LocalFile) *Error {
	err := in.Capabilities(id).checkFile(id.Platform(), f)
	if err != nil {
		err.Kind, err.Op = Rejected, "attach"
	}
	return err
}

func (caps Capabilities) checkFile(platform Platform, f LocalFile) *Error {
	name := cut(CleanLine(f.Name()), maxFileName)
	rule, ok := caps.ruleOfURL(f.URL())
	switch {
	case !ok:
		return caps.errExtension(platform, f.URL())
	case f.Bytes == 0:
		return &Error{Text: name + " is empty"}
	case rule.MaxBytes > 0 && f.Bytes > rule.MaxBytes:
		return &Error{
			Text: fmt.Sprintf("%s has %s, more than the %s that %s takes in one %s", name, ByteSize(f.Bytes), ByteSize(rule.MaxBytes), platform.Label(), rule.Kind),
			Hint: "make it smaller",
		}
	}
	return nil
}

// maxFileName is how much of a file's name stands in an error, in bytes.
const maxFileName = 60

// Upload gives a file an address that can be sent to the conversation's customer.
// It looks at the file anew, and waits for the network.
func (in *Inbox) Upload(ctx context.Context, id ConversationID, path string) (string, error) {
	if can := in.CanUpload(id); !can.OK {
		return "", &Error{Kind: Unsupported, Op: "upload", Text: can.Reason}
	}
	select {
	case in.uploads <- struct{}{}:
		defer func() { <-in.uploads }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	f, err := in.LookAtFile(path)
	if err != nil {
		return "", err
	}
	if refused := in.CheckFile(id, f); refused != nil {
		return "", refused
	}
	bounded, cancel := context.WithTimeout(ctx, uploadPatience)
	defer cancel()
	link, err := in.uploader(id).Upload(bounded, f)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case bounded.Err() != nil:
		return "", &Error{Kind: Unavailable, Op: "upload", Text: fmt.Sprintf("the upload of %s took more than %s", cut(CleanLine(f.Name()), maxFileName), FormatDuration(uploadPatience)), Hint: "try again, or make it smaller"}
	case err != nil:
		return "", err
	}
	return link, in.checkUploaded(id, link)
}

// checkUploaded tells whether the address that an upload gave can be sent.
func (in *Inbox) checkUploaded(id ConversationID, link string) error {
	refused := in.Capabilities(id).checkURL(id.Platform(), link)
	if u, err := url.Parse(link); refused == nil && (err != nil || u.Scheme != "https") {
		refused = &Error{Text: fmt.Sprintf("%q does not begin with https:", cut(CleanLine(link), maxFileName))}
	}
	if refused == nil {
		return nil
	}
	return &Error{Kind: Rejected, Op: "upload", Text: "the upload gave an address that cannot be sent: " + refused.Text, Hint: refused.Hint}
}
