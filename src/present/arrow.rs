//! Arrow IPC stream: candidates as record batches, numbers as numbers, what is unknown as null. Text is not neutralised, as no spreadsheet opens it.

use std::sync::Arc;

use anyhow::{Context, Result};
use polars_arrow::{
    array::{Array, PrimitiveArray, Utf8Array},
    datatypes::{ArrowDataType, ArrowSchema, Field, Metadata},
    io::ipc::write::{StreamWriter, WriteOptions},
    record_batch::RecordBatchT,
};

use super::{
    columns::{self, Column, Holds, Value},
    scored::{Layout, ScoredRow},
};

/// What our metadata begins with.
const OURS: &str = "kolscore.";

/// Whether a file is a stream of ours.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1 << 14)];
    head.starts_with(&[0xFF; 4]) && memchr::memmem::find(head, OURS.as_bytes()).is_some()
}

/// Writes the schema, with the hashes of what the rows are made with.
pub(super) fn begin(layout: &Layout, out: &mut Vec<u8>) -> Result<()> {
    let metadata = layout.made_with.iter().map(|(name, hash)| (format!("{OURS}{name}").into(), hash.as_str().into())).collect();
    out.append(&mut stream(&schema(layout), metadata, None)?);
    Ok(())
}

/// Writes rows as one batch. Without dictionaries no message depends on those before.
pub(super) fn rows(rows: &[ScoredRow], layout: &Layout, out: &mut Vec<u8>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let schema = schema(layout);
    let mut cells: Vec<Vec<Value<'_>>> = (0..schema.len()).map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        cells.iter_mut().zip(columns::cells_of_scored(row, layout)).for_each(|(column, cell)| column.push(cell));
    }
    let arrays = schema.iter_values().zip(&cells).map(|(field, cells)| -> Box<dyn Array> {
        match field.dtype {
            ArrowDataType::Float64 => Box::new(PrimitiveArray::<f64>::from(cells.iter().map(Value::number).collect::<Vec<_>>())),
            _ => Box::new(cells.iter().map(Value::text).collect::<Utf8Array<i32>>()),
        }
    });
    let batch = RecordBatchT::try_new(rows.len(), Arc::new(schema.clone()), arrays.collect()).context("candidates do not form a batch")?;
    let start = stream(&schema, Metadata::default(), None)?.len();
    out.extend_from_slice(&stream(&schema, Metadata::default(), Some(&batch))?[start..]);
    Ok(())
}

/// Writes the mark behind the last batch: a reader that misses it knows that the stream was cut off.
pub(super) fn end(out: &mut Vec<u8>) -> Result<()> {
    let mut writer = StreamWriter::new(out, WriteOptions::default());
    writer.finish().context("a stream cannot be ended")
}

fn stream(schema: &ArrowSchema, metadata: Metadata, batch: Option<&RecordBatchT<Box<dyn Array>>>) -> Result<Vec<u8>> {
    let mut writer = StreamWriter::new(Vec::new(), WriteOptions::default());
    writer.set_custom_schema_metadata(Arc::new(metadata));
    writer.start(schema, None).context("a schema cannot be written")?;
    if let Some(batch) = batch {
        writer.write(batch, None).context("a batch cannot be written")?;
    }
    Ok(writer.into_inner())
}

fn schema(layout: &Layout) -> ArrowSchema {
    let field = |column: Column| {
        let dtype = if column.holds == Holds::Number { ArrowDataType::Float64 } else { ArrowDataType::Utf8 };
        Field::new(column.name.into(), dtype, true)
    };
    columns::columns_of_scored(layout).into_iter().map(field).collect()
}
