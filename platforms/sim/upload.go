package sim

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
)

// uploadRoot is where files are that were uploaded: under a host that the media's
// stand-in answers for, as it does for all under .example.
const uploadRoot = "https://images.ayrshare.example/"

// upload is POST /media/upload: it takes a file, forgets it, and tells an address
// that shows some picture.
func (c *call) upload() reply {
	name, err := uploadedFile(c.req.Header.Get("Content-Type"), c.body)
	if err != nil {
		return refuse(http.StatusBadRequest, "media", codeBadRequest, "The body is not a multipart form with a file: "+err.Error())
	}
	of := fnv.New64a()
	_, _ = of.Write(c.body)
	id := fmt.Sprintf("%016x%s", of.Sum64(), path.Ext(name))
	return jsonReply(http.StatusOK, map[string]any{"id": id, "url": uploadRoot + url.PathEscape(id), "fileName": name, "description": ""})
}

// uploadedFile is the name of the file in a form.
func uploadedFile(contentType string, body []byte) (name string, err error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return "", err
	}
	form, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(maxBody)
	if err != nil {
		return "", err
	}
	files := form.File["file"]
	if len(files) != 1 {
		return "", fmt.Errorf("%d files", len(files))
	}
	return files[0].Filename, nil
}
