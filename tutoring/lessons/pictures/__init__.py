"""Pictures of steps outside of pages: on preview cards and in PDFs."""
