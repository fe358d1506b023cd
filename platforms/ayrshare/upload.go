package ayrshare

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"

	"parley/inbox"
	"parley/platforms/httpapi"
)

// Files: POST /media/upload (https://www.ayrshare.com/docs/apis/media/upload-media)
// takes one and tells the address that the other calls take. It keeps the file for 90
// days, and is there on the plans Premium, Business and Enterprise.

// uploadBytes is the largest file that it takes.
const uploadBytes = 30 << 20

var _ inbox.Uploader = (*provider)(nil)

// Upload gives a file an address at Ayrshare.
func (p *provider) Upload(ctx context.Context, f inbox.LocalFile) (string, error) {
	const op = "upload"
	if f.Bytes > uploadBytes {
		return "", tooLargeToUpload(f.Bytes)
	}
	body, err := multipartOf(f)
	if _, told := errors.AsType[*inbox.Error](err); err != nil && !told {
		err = &inbox.Error{Kind: inbox.Rejected, Op: op, Text: "the file cannot be read", Err: err}
	}
	if err != nil {
		return "", err
	}
	res, err := p.api.upload(ctx, body)
	if err != nil {
		return "", failed(op, err)
	}
	o, err := p.api.answer(op, "", res)
	if err != nil {
		return "", err
	}
	link := o.Text("url")
	if link == "" {
		return "", &inbox.Error{Kind: inbox.Unavailable, Op: op, Text: "Ayrshare has taken the file, and told no address of it", Hint: "try again, or set upload_command in the config"}
	}
	return link, nil
}

func tooLargeToUpload(n int64) *inbox.Error {
	return &inbox.Error{
		Kind: inbox.Rejected, Op: "upload", Text: "the file has " + inbox.ByteSize(n) + ", more than the " + inbox.ByteSize(uploadBytes) + " that Ayrshare takes",
		Hint: "set upload_command in the config to put it elsewhere",
	}
}

// multipartOf is the body of an upload: the file, and its name.
func multipartOf(f inbox.LocalFile) (*httpapi.Body, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", f.Name())
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(part, io.LimitReader(file, uploadBytes+1))
	switch {
	case err != nil:
		return nil, err
	case n > uploadBytes: // it has grown
		return nil, tooLargeToUpload(n)
	}
	if err := w.WriteField("fileName", f.Name()); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &httpapi.Body{Type: w.FormDataContentType(), Data: b.Bytes()}, nil
}

func (c *client) upload(ctx context.Context, body *httpapi.Body) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{Method: http.MethodPost, Path: []string{"media", "upload"}, Body: body})
}
