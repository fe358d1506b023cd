package ayrshare

// This file is what is sent, as the API's pages show it. What is received is read
// leniently, by loose.Object.

// sendBody is the body of a send. The request says mediaUrls, the answer
// mediaUrl.
type sendBody struct {
	RecipientID    string   `json:"recipientId,omitempty"`
	ConversationID string   `json:"conversationId,omitempty"` // X only, in place of the recipient
	Message        string   `json:"message,omitempty"`
	MediaURLs      []string `json:"mediaUrls,omitempty"`
}

type statusBody struct {
	Status string `json:"status"`
}

// autoResponseBody is what is set; nil is left as it is. An empty message is
// not blank: the provider puts its own text there.
type autoResponseBody struct {
	Active      *bool   `json:"autoResponseActive,omitempty"`
	Message     *string `json:"autoResponseMessage,omitempty"`
	WaitSeconds *int64  `json:"autoResponseWaitSeconds,omitempty"`
}
